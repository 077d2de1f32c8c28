internal import XMLSignature

/// A Merkle tree over records (RFC 9162, section 2.1) with SHA-256: one digest speaks for all of them, and a short path proves that one is
/// among them.
struct MerkleTree: Sendable {
    /// From the leaves up to the root; a node without a sibling goes up as it is.
    private let levels: [[[UInt8]]]

    init(_ leaves: [[UInt8]]) {
        var levels = [leaves]
        while let last = levels.last, last.count > 1 {
            levels.append(
                stride(from: 0, to: last.count, by: 2).map { index in
                    index + 1 < last.count ? MerkleTree.node(last[index], last[index + 1]) : last[index]
                })
        }
        self.levels = levels
    }

    /// The digest of nothing for a tree without leaves.
    var root: [UInt8] { levels.last?.first ?? Digest(of: []).bytes }

    /// The siblings on the way from a leaf to the root.
    func path(of leaf: Int) -> [Sibling] {
        var (path, index): ([Sibling], Int) = ([], leaf)
        for level in levels.dropLast() {
            let sibling = index ^ 1
            if sibling < level.count { path.append(Sibling(side: sibling < index ? .left : .right, digest: level[sibling])) }
            index /= 2
        }
        return path
    }

    struct Sibling: Sendable, Hashable {
        enum Side: String, Sendable { case left, right }
        let side: Side
        let digest: [UInt8]
    }

    static func leaf(_ record: [UInt8]) -> [UInt8] { Digest(of: [0] + record).bytes }
    static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { Digest(of: [1] + left + right).bytes }

    /// The root that a leaf and its path lead to.
    static func root(from leaf: [UInt8], along path: [Sibling]) -> [UInt8] {
        path.reduce(leaf) { $1.side == .left ? node($1.digest, $0) : node($0, $1.digest) }
    }
}
