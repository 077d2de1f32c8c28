internal import Datasets
internal import Documents
public import Exchanges
internal import SOAP
public import Stores
public import Trust
internal import WSSecurity
internal import XML

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
    let proofs: [LogProof]
    /// Those that travelled in the message.
    let documents: [AttachedDocument]
    /// Of the authority that stamps the seals.
    let stampAnchors: [Certificate]
    /// Us.
    public let administration: Administration
    /// The other side.
    public let partner: Administration?

    /// - Parameter stampAnchors: of the authority that stamps the seals.
    /// - Returns: `nil` where there is no such message.
    public init?(of id: String, in gateway: Gateway, stampAnchors: [Certificate] = []) async throws {
        let found = try await gateway.store.read { reading -> (StoredMessage, [MessageEvent], [ContentKind: [UInt8]], [LogProof])? in
            guard let message = try reading.message(id: id) else { return nil }
            var contents: [ContentKind: [UInt8]] = [:]
            for kind in ContentKind.allCases { contents[kind] = try reading.content(kind, of: id) }
            let events = try reading.events(of: id)
            return (message, events, contents, try LogProof.of(message, events, reading))
        }
        guard let found else { return nil }
        (message, events, contents, proofs) = found
        self.stampAnchors = stampAnchors
        documents = EvidenceRecord.documents(found.0, found.2[.dataset], gateway.catalog)
        administration = gateway.administration
        let partner = gateway.partners[message.partner]
        self.partner = partner?.administration
        certificates = EvidenceRecord.certificates(of: message, contents, partner, gateway)
        revocationLists = gateway.partners.trust.evidence.lists.map(\.list.bytes)
    }

    /// What the gateway accepted fits the menu that it had then, and may not fit the one of today: then they stand in the request alone.
    private static func documents(_ message: StoredMessage, _ json: [UInt8]?, _ catalog: Catalog) -> [AttachedDocument] {
        guard let json, let operation = catalog.menu.operations.first(where: { $0.name == message.operation }),
            let dataset = try? catalog.dataset(json: json, as: operation.request.xml.local)
        else { return [] }
        return AttachedDocument.all(in: dataset)
    }

    /// The partner's signer, its authorities, and ours: first the one that signs now, and with it the container.
    private static func certificates(
        of message: StoredMessage, _ contents: [ContentKind: [UInt8]], _ partner: Partner?, _ gateway: Gateway
    ) -> [(name: String, certificate: Certificate)] {
        let pins = (partner?.certificates ?? []).map(\.certificate).filter { $0.fingerprint.hex == message.signer }
        let theirs = contents[message.direction == .inbound ? .request : .response]
        // One that an authority issued stands in the message alone.
        let signer =
            pins.isEmpty ? theirs.flatMap { EvidenceRecord.signer(of: $0, at: message.receivedAt, gateway) }.map { [$0] } ?? [] : pins
        let authorities = (partner?.authorities ?? []).flatMap { $0.anchors + $0.intermediates }
        let current = gateway.identity.certificate
        let own = [current] + gateway.identities.pins.map(\.certificate).filter { $0.fingerprint != current.fingerprint }
        func named(_ name: String, _ certificates: [Certificate]) -> [(name: String, certificate: Certificate)] {
            certificates.enumerated().map { ("\(name)\($0 == 0 ? "" : "-\($0 + 1)").pem", $1) }
        }
        return named("partner", signer) + named("authority", authorities) + named("gateway", own)
    }

    /// Whose signature the message bears, as of when it came.
    private static func signer(of message: [UInt8], at received: String, _ gateway: Gateway) -> Certificate? {
        guard let envelope = try? Envelope(reading: XMLDocument(parsing: message, limits: gateway.settings.limits)) else { return nil }
        let verifier = EnvelopeVerifier(trust: gateway.partners.trust, policy: SecurityPolicy(clock: .notChecked))
        return try? verifier.verify(envelope, at: XMLDateTime(received) ?? .now).signer.certificate
    }
}
