/// What becomes of tables that an earlier version of the program made. Tables that are not there yet are always made.
public enum SchemaUpgrade: Sendable {
    /// The store is not opened: versions that still work with it would not start any more.
    case refused
    /// They are brought to this version's step in one transaction, which takes a time in proportion to what is stored. What is to be
    /// done is told before it begins.
    case done(tell: @Sendable (SchemaGap) -> Void)
}

/// Between the tables of a store and those of this version.
public struct SchemaGap: Sendable, Equatable {
    public let found: Int
    public let known: Int
    /// The highest position of a message: about how many there are.
    public let messages: Int64
}

/// A store whose tables are of another version.
public struct SchemaError: Error, CustomStringConvertible {
    public let found: Int
    public let known: Int

    public var isNewer: Bool { found > known }

    public var description: String {
        isNewer
            ? "the store was made by a newer version of this program (step \(found) of its tables, this version knows \(known)); start that version"
            : "the store was made by an earlier version of this program (step \(found) of its tables, this version's is \(known))"
    }
}
