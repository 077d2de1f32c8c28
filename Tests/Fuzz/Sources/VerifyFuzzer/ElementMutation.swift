import Fuzzing

/// Changes a text by whole elements, found by their tags alone: what attackers do who wrap and move signed parts.
struct ElementMutation {
    private let text: [UInt8]
    /// Elements from start tag to end tag, as far as tags pair up.
    private var elements: [Range<Int>] = []
    private var startTags: [Range<Int>] = []
    /// Values of attributes, without their quotes.
    private var values: [Range<Int>] = []
    /// Where something may be put between tags.
    private var gaps: [Int] = []

    init(of text: [UInt8]) {
        self.text = text
        var open: [Int] = []
        var position = 0
        while let start = text[position...].firstIndex(of: UInt8(ascii: "<")),
            let end = text[start...].firstIndex(of: UInt8(ascii: ">"))
        {
            position = end + 1
            gaps.append(start)
            let isEnd = text[start + 1] == UInt8(ascii: "/")
            if isEnd {
                if let first = open.popLast() { elements.append(first..<position) }
                continue
            }
            startTags.append(start..<position)
            findValues(in: start..<end)
            if text[end - 1] == UInt8(ascii: "/") { elements.append(start..<position) } else { open.append(start) }
        }
    }

    private mutating func findValues(in tag: Range<Int>) {
        var position = tag.lowerBound
        while let quote = text[position..<tag.upperBound].firstIndex(of: UInt8(ascii: "\"")),
            let close = text[(quote + 1)..<tag.upperBound].firstIndex(of: UInt8(ascii: "\""))
        {
            values.append(quote + 1..<close)
            position = close + 1
        }
    }

    func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
        guard let one = elements.randomElement(using: &generator), let other = elements.randomElement(using: &generator),
            let tag = startTags.randomElement(using: &generator), let gap = gaps.randomElement(using: &generator)
        else { return text }
        switch generator.next(below: 12) {
        case 0: return replacing(gap..<gap, with: text[one])
        case 1: return moved(one, to: gap)
        case 2: return replacing(one, with: [])
        case 3: return swapped(one, other)
        case 4: return wrapped(one, in: other)
        case 5: return replacing(inside(one), with: text[inside(other)])
        case 6:
            guard let value = values.randomElement(using: &generator), let another = values.randomElement(using: &generator) else {
                return text
            }
            return replacing(value, with: text[another])
        case 7: return replacing(gap..<gap, with: ElementMutation.pieces.randomElement(using: &generator)!)
        case 8:
            let at = tag.upperBound - (text[tag.upperBound - 2] == UInt8(ascii: "/") ? 2 : 1)
            return replacing(at..<at, with: ElementMutation.attributes.randomElement(using: &generator)!)
        case 9, 10: return wrappedAround(elements.filter(hasID).randomElement(using: &generator) ?? one, gap, &generator)
        default:
            guard let value = values.randomElement(using: &generator) else { return text }
            return replacing(value, with: ElementMutation.contents.randomElement(using: &generator)!)
        }
    }

    private func replacing(_ range: Range<Int>, with new: some Collection<UInt8>) -> [UInt8] {
        Array(text[..<range.lowerBound]) + new + text[range.upperBound...]
    }

    private func joined(_ pieces: Range<Int>...) -> [UInt8] { pieces.flatMap { text[$0] } }

    private func moved(_ element: Range<Int>, to gap: Int) -> [UInt8] {
        if gap <= element.lowerBound { return joined(0..<gap, element, gap..<element.lowerBound, element.upperBound..<text.count) }
        guard gap >= element.upperBound else { return text }
        return joined(0..<element.lowerBound, element.upperBound..<gap, element, gap..<text.count)
    }

    private func swapped(_ one: Range<Int>, _ other: Range<Int>) -> [UInt8] {
        let (first, second) = one.lowerBound < other.lowerBound ? (one, other) : (other, one)
        guard first.upperBound <= second.lowerBound else { return text }
        return joined(0..<first.lowerBound, second, first.upperBound..<second.lowerBound, first, second.upperBound..<text.count)
    }

    /// The element inside a copy of the other's tags.
    private func wrapped(_ element: Range<Int>, in other: Range<Int>) -> [UInt8] {
        let content = inside(other)
        return replacing(element, with: joined(other.lowerBound..<content.lowerBound, element, content.upperBound..<other.upperBound))
    }

    /// XML signature wrapping: the element as it is goes elsewhere, and in its place stands one without its id, or with more in it.
    private func wrappedAround(_ element: Range<Int>, _ gap: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        guard !element.contains(gap) || gap == element.lowerBound else { return text }
        var other = Array(text[element])
        let tag = 0..<(other.firstIndex(of: UInt8(ascii: ">")) ?? 0)
        let id = values.first { tag.contains($0.lowerBound - element.lowerBound) && isID($0) }
        if generator.next(below: 2) == 0 { other.insert(UInt8(ascii: "x"), at: inside(element).upperBound - element.lowerBound) }
        if let id, generator.next(below: 3) > 0 {
            other.replaceSubrange(id.lowerBound - element.lowerBound..<id.upperBound - element.lowerBound, with: [UInt8(ascii: "x")])
        }
        let (before, after) = (Array(text[..<element.lowerBound]), Array(text[element.upperBound...]))
        if gap <= element.lowerBound { return joined(0..<gap, element, gap..<element.lowerBound) + other + after }
        return before + other + joined(element.upperBound..<gap, element, gap..<text.count)
    }

    private func isID(_ value: Range<Int>) -> Bool { text[..<value.lowerBound].suffix(4).elementsEqual(Array("Id=\"".utf8)) }

    private func hasID(_ element: Range<Int>) -> Bool {
        let end = text[element].firstIndex(of: UInt8(ascii: ">")) ?? element.lowerBound
        return values.contains { element.contains($0.lowerBound) && $0.lowerBound < end && isID($0) }
    }

    /// What stands between the element's tags; nothing, before its start, where it is one empty tag.
    private func inside(_ element: Range<Int>) -> Range<Int> {
        guard let start = text[element].firstIndex(of: UInt8(ascii: ">")), let end = text[element].lastIndex(of: UInt8(ascii: "<")),
            start < end
        else { return element.lowerBound..<element.lowerBound }
        return start + 1..<end
    }

    private static let pieces = ["<!-- -->", "<![CDATA[x]]>", "\n", "x", "&#13;", "&amp;", "<x/>", "<Body/>", "<Id Id=\"Body\"/>"].map {
        Array($0.utf8)
    }

    private static let attributes = [
        " Id=\"Body\"", " xml:id=\"Body\"", " Id=\"Timestamp\"", " xml:id=\"Timestamp\"", " xmlns=\"\"", " xmlns=\"urn:x\"",
        " xmlns:soap=\"urn:x\"",
        " xmlns:x=\"urn:x\"", " xml:space=\"preserve\"", " xml:lang=\"en\"", " PrefixList=\"soap wsu #default\"", " soap:actor=\"urn:x\"",
        " soap:mustUnderstand=\"0\"",
    ].map { Array($0.utf8) }

    private static let contents = [
        "", "#", "#Body", "#Timestamp", "Body", "Timestamp", "urn:x", "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512", "http://www.w3.org/2000/09/xmldsig#sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss", "http://www.w3.org/XML/1998/namespace",
    ].map { Array($0.utf8) }
}
