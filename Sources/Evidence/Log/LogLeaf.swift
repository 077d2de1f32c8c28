internal import Stores
internal import XMLSignature

/// What a seal keeps of a record: what it is about, and its digest.
struct LogLeaf: Hashable {
    let key: LogKey
    /// SHA-256 of the record; zeros where there was none any more when it was sealed.
    let digest: [UInt8]

    static let size = 48
    static let absent = [UInt8](repeating: 0, count: 32)

    init(_ key: LogKey, _ record: [UInt8]?) {
        self.key = key
        digest = record.map { Digest(of: $0).bytes } ?? LogLeaf.absent
    }

    private init?(_ bytes: ArraySlice<UInt8>) {
        func number(_ bytes: ArraySlice<UInt8>) -> Int64 { Int64(truncatingIfNeeded: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) }
        let start = bytes.startIndex
        guard let kind = LogKind(rawValue: Int64(bytes[start + 8])) else { return nil }
        key = LogKey(kind, number(bytes[start..<start + 8]), number(bytes[(start + 9)..<start + 16]))
        digest = Array(bytes[(start + 16)..<start + LogLeaf.size])
    }

    /// What stands in the tree: the digest with what it is of, so that neither can be changed.
    var node: [UInt8] { MerkleTree.leaf(bytes) }

    /// What the record is about, as 16 bytes: position, kind, number.
    var name: [UInt8] { Array(bytes.prefix(16)) }

    private var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(LogLeaf.size)
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        func add(_ number: Int64, count: Int64) {
            for place in stride(from: 8 * (count - 1), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> place)) }
        }
        add(key.subject, count: 8)
        bytes.append(UInt8(key.kind.rawValue))
        add(key.number, count: 7)
        bytes += digest
    }

    static func encode(_ leaves: [LogLeaf]) -> [UInt8] { leaves.flatMap(\.bytes) }

    /// - Returns: `nil` for bytes that are no list of leaves.
    static func decode(_ bytes: [UInt8]) -> [LogLeaf]? {
        guard bytes.count.isMultiple(of: size) else { return nil }
        var leaves: [LogLeaf] = []
        leaves.reserveCapacity(bytes.count / size)
        for start in stride(from: 0, to: bytes.count, by: size) {
            guard let leaf = LogLeaf(bytes[start..<start + size]) else { return nil }
            leaves.append(leaf)
        }
        return leaves
    }
}
