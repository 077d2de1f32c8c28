internal import Foundation

/// One link of the sealed log, over the records that were new when it was made.
public struct StoredSeal: Sendable, Codable, Hashable {
    /// Counts from one, without a gap.
    public let number: Int64
    /// RFC 3339 UTC.
    public let at: String
    /// What is signed: the root over the records, and the digest of the statement before it.
    public let statement: [UInt8]
    /// The key and the digest of each record, in the order of the tree.
    public let leaves: [UInt8]
    /// Whether a timestamp authority was configured when it was made.
    public let isToBeStamped: Bool
    /// The signature over the statement; only somebody else's hand leaves it away.
    public let signature: [UInt8]?
    /// What a timestamp authority says of the signature (RFC 3161); it may come later than the signature.
    public var stamp: [UInt8]?

    public init(
        number: Int64, at: String, statement: [UInt8], leaves: [UInt8], isToBeStamped: Bool, signature: [UInt8]?,
        stamp: [UInt8]? = nil
    ) {
        self.number = number
        self.at = at
        self.statement = statement
        self.leaves = leaves
        self.isToBeStamped = isToBeStamped
        self.signature = signature
        self.stamp = stamp
    }

    private enum Key: CodingKey { case number, at, statement, leaves, isToBeStamped, signature, stamp }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(number, forKey: .number)
        try container.encode(at, forKey: .at)
        try container.encode(Data(statement), forKey: .statement)
        try container.encode(Data(leaves), forKey: .leaves)
        try container.encode(isToBeStamped, forKey: .isToBeStamped)
        try container.encodeIfPresent(signature.map { Data($0) }, forKey: .signature)
        try container.encodeIfPresent(stamp.map { Data($0) }, forKey: .stamp)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        number = try container.decode(Int64.self, forKey: .number)
        at = try container.decode(String.self, forKey: .at)
        statement = Array(try container.decode(Data.self, forKey: .statement))
        leaves = Array(try container.decode(Data.self, forKey: .leaves))
        isToBeStamped = try container.decode(Bool.self, forKey: .isToBeStamped)
        signature = try container.decodeIfPresent(Data.self, forKey: .signature).map { Array($0) }
        stamp = try container.decodeIfPresent(Data.self, forKey: .stamp).map { Array($0) }
    }
}

/// How far the log is sealed.
public struct SealingState: Sendable, Codable, Hashable {
    /// Number of the last seal; 0 before the first.
    public let seals: Int64
    /// RFC 3339 UTC, of the last seal.
    public let sealedAt: String?
    public let unsealed: Int
    public let unstamped: Int
}
