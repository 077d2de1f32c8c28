public import Exchanges
public import Stores
public import Trust

/// What is known of one message, as far as it proves what was exchanged.
public struct EvidenceRecord: Sendable {
    public let message: StoredMessage
    public let events: [MessageEvent]
    /// The exact bytes, by kind.
    public let contents: [ContentKind: [UInt8]]
    /// Whose certificates are in the messages, and those above them, by the names of their files.
    public let certificates: [(name: String, certificate: Certificate)]
    /// Revocation lists at hand when the evidence was written, DER or PEM.
    public let revocationLists: [[UInt8]]
    /// Us.
    public let administration: Administration
    /// The other side.
    public let partner: Administration?

    /// - Returns: `nil` where there is no such message.
    public init?(of id: String, in gateway: Gateway) async throws {
        let found = try await gateway.store.read { reading -> (StoredMessage, [MessageEvent], [ContentKind: [UInt8]])? in
            guard let message = try reading.message(id: id) else { return nil }
            var contents: [ContentKind: [UInt8]] = [:]
            for kind in ContentKind.allCases { contents[kind] = try reading.content(kind, of: id) }
            return (message, try reading.events(of: id), contents)
        }
        guard let found else { return nil }
        (message, events, contents) = found
        administration = gateway.administration
        let partner = gateway.partners[message.partner]
        self.partner = partner?.administration
        certificates = EvidenceRecord.certificates(of: message, partner, gateway)
        revocationLists = gateway.partners.trust.evidence.lists.map(\.list.bytes)
    }

    /// The partner's signer as the registry has it, its authorities, and ours.
    private static func certificates(
        of message: StoredMessage, _ partner: Partner?, _ gateway: Gateway
    ) -> [(name: String, certificate: Certificate)] {
        let pins = (partner?.certificates ?? []).map(\.certificate).filter { $0.fingerprint.hex == message.signer }
        let authorities = (partner?.authorities ?? []).flatMap { $0.anchors + $0.intermediates }
        let own = gateway.identities.pins.map(\.certificate)
        func named(_ name: String, _ certificates: [Certificate]) -> [(name: String, certificate: Certificate)] {
            certificates.enumerated().map { ("\(name)\(certificates.count > 1 ? "-\($0 + 1)" : "").pem", $1) }
        }
        return named("partner", pins) + named("authority", authorities) + named("gateway", own)
    }
}
