public import Stores

extension StoredSeal {
    /// SHA-256 of the statement, hexadecimal: what the next seal names it by.
    public var head: String { SealStatement.link(statement) }

    /// How many records it covers.
    public var records: Int { leaves.count / LogLeaf.size }
}
