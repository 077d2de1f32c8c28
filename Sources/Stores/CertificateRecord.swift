/// A certificate as its number names it between us and one partner.
public struct CertificateKey: Sendable, Hashable, Codable {
    public var partner: String
    /// Which way its send-co goes: inbound where the partner's country issued it.
    public var side: Direction
    public var number: String

    public init(partner: String, side: Direction, number: String) {
        self.partner = partner
        self.side = side
        self.number = number
    }
}

/// Where a certificate stands, derived from the facts recorded of it.
public struct CertificateRecord: Sendable, Hashable, Codable {
    /// Its position, which the store gives; 0 until then.
    public internal(set) var sequence: Int64
    public let key: CertificateKey
    public var state: String
    /// In force.
    public var version: String?
    /// The last day of its validity, where it names one.
    public var validUntil: String?
    public var treatment: String
    /// RFC 3339 UTC.
    public var updatedAt: String
}

extension CertificateRecord {
    /// One that nothing is known of yet, and that no store has.
    public init(of key: CertificateKey, at now: String) {
        self.init(sequence: 0, key: key, state: "none", version: nil, validUntil: nil, treatment: "NONE", updatedAt: now)
    }

    /// The same, at its position.
    func placed(at sequence: Int64) -> CertificateRecord {
        var placed = self
        placed.sequence = sequence
        return placed
    }
}
