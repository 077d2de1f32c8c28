public import Trust
internal import WSSecurity

/// All partners, and what they are known by.
public struct PartnerRegistry: Sendable {
    public let partners: [String: Partner]
    public let trust: TrustStore
    private let bound: [Partner]

    /// - Parameter evidence: revocation lists and answers at hand, which outlive a reload of the partners.
    public init(_ partners: [Partner], evidence: RevocationEvidence = RevocationEvidence(), environment: String? = nil) {
        self.partners = Dictionary(partners.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        bound = partners.filter { if case .bound = $0.client { true } else { false } }
        trust = TrustStore(
            partners.flatMap(\.certificates), authorities: partners.flatMap(\.authorities), evidence: evidence,
            environment: environment)
    }

    /// The same partners beside the evidence that is at work.
    public func with(evidence: RevocationEvidence) -> PartnerRegistry {
        PartnerRegistry(Array(partners.values), evidence: evidence, environment: trust.environment)
    }

    public subscript(name: String) -> Partner? { partners[name] }

    /// What one partner alone is known by: an answer is its word or nobody's.
    func trust(of partner: Partner) -> TrustStore {
        TrustStore(partner.certificates, authorities: partner.authorities, evidence: trust.evidence, environment: trust.environment)
    }

    /// What each partner's messages must fulfil.
    func policies(_ common: SecurityPolicy) -> SecurityPolicies {
        SecurityPolicies(common, own: partners.compactMapValues(\.policy))
    }

    /// The partner that a client certificate (DER) is bound to; `nil` where none is.
    public func partner(ofClient certificate: [UInt8]?) -> Partner? {
        guard !bound.isEmpty, let certificate = certificate.flatMap({ try? Certificate(der: $0) }) else { return nil }
        return bound.first { $0.client.admits(certificate) }
    }
}
