public import XMLSignature

/// What the sealed log is read by.
public protocol LogReading {
    /// Records that no seal covers yet, the oldest first.
    func unsealed(limit: Int) throws -> [UnsealedRecord]
    func sealingState() throws -> SealingState
    /// In their order.
    func seals(after number: Int64, limit: Int) throws -> [StoredSeal]
    /// Seals that wait for a stamp, the oldest first.
    func unstamped(limit: Int) throws -> [StoredSeal]
    /// The first that was made at this moment or later.
    func firstSeal(from moment: String) throws -> Int64?

    func logged(messages: [Int64]) throws -> [Int64: LoggedMessage]
    func logged(certificates: [Int64]) throws -> [Int64: LoggedCertificate]
    func contents(of messages: [Int64]) throws -> [Int64: [ContentKind: [UInt8]]]
    /// SHA-256 of the bytes that are kept.
    func contentDigests(of messages: [Int64]) throws -> [Int64: [ContentKind: Digest]]
    /// By what people know it, a message by its id and a certificate by its number, also where the rest of its row is spoiled.
    func name(of kind: LogKind, at position: Int64) throws -> String?
    func refusals(at positions: [Int64]) throws -> [StoredRefusal]
    func changes(at positions: [Int64]) throws -> [StoredChange]
    /// Newest first.
    func changes(before position: Int64?, limit: Int) throws -> [StoredChange]
    func changes(_ action: String) throws -> [StoredChange]

    /// How many records there are, by block of subjects.
    func recordCounts(_ kind: LogKind) throws -> [Int64: Int]
    func recordKeys(_ kind: LogKind, block: Int64) throws -> [LogKey]
    /// Rows that no record speaks of, named for a person.
    func strays(limit: Int) throws -> [String]

    func tallies(from hour: String, to end: String) throws -> [Tally]
}

/// What the sealed log is written by.
public protocol LogWriting: LogReading {
    /// Adds a seal and takes what it covers off the list of records without one.
    ///
    /// - Returns: whether it was done; not where another had sealed some of it, or had added a seal of this number.
    func add(_ seal: StoredSeal, covering records: [UnsealedRecord], tallies: [Tally]) throws -> Bool
    /// Where there is a stamp already it stays.
    func stamp(seal number: Int64, with stamp: [UInt8]) throws
    func note(_ change: ChangeNote) throws

    func restore(_ seal: StoredSeal) throws
    func restore(_ unsealed: UnsealedRecord) throws
    func restore(_ change: StoredChange) throws
    func restore(_ refusal: StoredRefusal) throws
    func restore(_ tally: Tally) throws
}
