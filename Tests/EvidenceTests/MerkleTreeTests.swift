import Testing
import XMLSignature

@testable import Evidence

/// The tree against what RFC 9162 says of it, and every path of it.
struct MerkleTreeTests {
    /// RFC 9162, section 2.1.1, as it is written there: split at the largest power of two below the count.
    private func hash(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1 else { return leaves.first ?? Digest(of: []).bytes }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return Digest(of: [1] + hash(leaves[..<middle]) + hash(leaves[middle...])).bytes
    }

    @Test(arguments: 0...40) func `root and paths for so many leaves`(_ count: Int) {
        let leaves = (0..<count).map { MerkleTree.leaf([UInt8($0)]) }
        let tree = MerkleTree(leaves)
        #expect(tree.root == hash(leaves[...]))
        for index in leaves.indices {
            #expect(MerkleTree.root(from: leaves[index], along: tree.path(of: index)) == tree.root)
            let other = MerkleTree.leaf([0xFF, UInt8(index)])
            #expect(MerkleTree.root(from: other, along: tree.path(of: index)) != tree.root)
        }
    }

    /// From the reference implementation of Certificate Transparency: the tree over eight known inputs.
    @Test func `a known root`() {
        let inputs: [[UInt8]] = [
            [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57), Array(0x60...0x6F),
        ]
        #expect(MerkleTree(inputs.map(MerkleTree.leaf)).root.hex == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
    }

    @Test func `leaves come back as they were written`() {
        let leaves = [
            LogLeaf(LogKeySamples.event, [1]), LogLeaf(LogKeySamples.large, nil), LogLeaf(LogKeySamples.change, []),
        ]
        #expect(LogLeaf.decode(LogLeaf.encode(leaves)) == leaves)
        #expect(LogLeaf.decode(Array(LogLeaf.encode(leaves).dropLast())) == nil)
        var foreign = LogLeaf.encode(leaves)
        foreign[8] = 200
        #expect(LogLeaf.decode(foreign) == nil)
    }
}
