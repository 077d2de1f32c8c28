/// Where each field of a COD went in the dataset, and what of the dataset is not a field of it: a person who compares the two must find all.
public struct CODAccount: Sendable, Encodable {
    public internal(set) var fields: [Field] = []
    /// What the dataset needs and the document does not say in a field of its own.
    public internal(set) var derived: [Derived] = []
    /// What was found of its signatures that a person should hear of.
    public internal(set) var remarks: [String] = []

    public struct Field: Sendable, Encodable {
        /// From CODEH on: `COD/FormA18/GoodsList/Goods[2]/GoodsItemName`.
        public let field: String
        public let text: String
        /// JSON Pointers (RFC 6901) in the dataset; none where the note says why.
        public internal(set) var pointers: [String]
        public internal(set) var note: String?
    }

    public struct Derived: Sendable, Encodable {
        public let pointer: String
        public let text: String
        public let reason: String
    }
}
