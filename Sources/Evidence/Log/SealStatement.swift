internal import Exchanges
internal import Foundation
internal import Stores
internal import XMLSignature

/// What a seal says, as the JSON text that is signed: so many records have this root, and the statement before it had that digest.
struct SealStatement: Codable, Hashable {
    let format: String
    let gateway: Administration
    let number: Int64
    /// RFC 3339 UTC, by our clock.
    let at: String
    let records: Int
    /// `MerkleTree.root` over the records, hexadecimal.
    let root: String
    /// SHA-256 of the statement before it, hexadecimal; zeros for the first.
    let previous: String
    /// Whether a timestamp authority was configured.
    let isToBeStamped: Bool

    static let format = "coconect-seal-1"
    /// Its name in the signature over it.
    static let file = "seal.json"

    init(gateway: Administration, number: Int64, at: String, leaves: [LogLeaf], previous: [UInt8]?, isToBeStamped: Bool) {
        format = SealStatement.format
        self.gateway = gateway
        self.number = number
        self.at = at
        records = leaves.count
        root = MerkleTree(leaves.map(\.node)).root.hex
        self.isToBeStamped = isToBeStamped
        self.previous = SealStatement.link(previous)
    }

    /// - Returns: `nil` for bytes that are no such statement, word for word.
    init?(_ bytes: [UInt8]) {
        guard let read = try? JSONDecoder().decode(SealStatement.self, from: Data(bytes)), read.format == SealStatement.format,
            read.bytes == bytes
        else { return nil }
        self = read
    }

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers alone: nothing that could not be encoded.
        return (try? encoder.encode(self)).map { Array($0) + [0x0A] } ?? []
    }

    /// The leaves of a list; `nil` where they are not those that the statement is about.
    func leaves(_ list: [UInt8]) -> [LogLeaf]? {
        guard let leaves = LogLeaf.decode(list), leaves.count == records, MerkleTree(leaves.map(\.node)).root.hex == root else {
            return nil
        }
        return leaves
    }

    /// How the next statement names one.
    static func link(_ statement: [UInt8]?) -> String { (statement.map { Digest(of: $0).bytes } ?? LogLeaf.absent).hex }
}
