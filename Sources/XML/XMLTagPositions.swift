/// Where elements stand in the bytes that a document was parsed from: the n-th start tag is the n-th element of the tree.
///
/// - Requires: well-formed UTF-8 without DOCTYPE. Whoever parsed the same bytes knows that, but for UTF-16, which the parser reads too.
public struct XMLTagPositions {
    private let bytes: [UInt8]

    public init(of bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The whole of each element, from its `<` to behind its end, by its number in document order, counted from 0.
    ///
    /// - Parameter numbers: of elements without child elements and comments.
    public func ranges(of numbers: Set<Int>) -> [Int: Range<Int>] {
        var found: [Int: Range<Int>] = [:]
        var (position, number) = (0, 0)
        while let open = index(of: UInt8(ascii: "<"), from: position) {
            if has("<!--", at: open) {
                position = end(of: "-->", from: open + 4)
            } else if has("<![CDATA[", at: open) {
                position = end(of: "]]>", from: open + 9)
            } else if has("<?", at: open) {
                position = end(of: "?>", from: open + 2)
            } else if has("</", at: open) {
                position = end(of: ">", from: open + 2)
            } else {
                position = endOfStartTag(from: open + 1)
                if numbers.contains(number) {
                    let isWhole = bytes[position - 2] == UInt8(ascii: "/")
                    found[number] = open..<(isWhole ? position : end(of: ">", from: position))
                }
                number += 1
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
