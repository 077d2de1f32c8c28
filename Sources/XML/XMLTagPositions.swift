/// Where elements stand in the bytes that a document was parsed from: the n-th start tag is the n-th element of the tree.
///
/// - Requires: well-formed UTF-8 without DOCTYPE. Whoever parsed the same bytes knows that, but for UTF-16, which the parser reads too.
public struct XMLTagPositions {
    private let bytes: [UInt8]

    public init(of bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The whole of every element, from its `<` to behind its end, in document order: the n-th element of the tree is the n-th here.
    public var ranges: [Range<Int>] {
        var found: [Range<Int>] = []
        var open: [Int] = []
        var position = 0
        while let start = index(of: UInt8(ascii: "<"), from: position) {
            if has("<!--", at: start) {
                position = end(of: "-->", from: start + 4)
            } else if has("<![CDATA[", at: start) {
                position = end(of: "]]>", from: start + 9)
            } else if has("<?", at: start) {
                position = end(of: "?>", from: start + 2)
            } else if has("</", at: start) {
                position = end(of: ">", from: start + 2)
                guard let number = open.popLast() else { return found }
                found[number] = found[number].lowerBound..<position
            } else {
                position = endOfStartTag(from: start + 1)
                if bytes[position - 2] != UInt8(ascii: "/") { open.append(found.count) }
                found.append(start..<position)
            }
        }
        return found
    }

    /// Behind the `>` that no quotation marks hide.
    private func endOfStartTag(from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ">"): return position + 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"): position = (index(of: bytes[position], from: position + 1) ?? bytes.count) + 1
            default: position += 1
            }
        }
        return bytes.count
    }

    private func index(of byte: UInt8, from start: Int) -> Int? {
        start < bytes.count ? bytes[start...].firstIndex(of: byte) : nil
    }

    private func end(of mark: StaticString, from start: Int) -> Int {
        var position = start
        while let hit = index(of: mark.utf8Start[0], from: position) {
            if has(mark, at: hit) { return hit + mark.utf8CodeUnitCount }
            position = hit + 1
        }
        return bytes.count
    }

    private func has(_ mark: StaticString, at offset: Int) -> Bool {
        guard offset + mark.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<mark.utf8CodeUnitCount where bytes[offset + index] != mark.utf8Start[index] { return false }
        return true
    }
}
