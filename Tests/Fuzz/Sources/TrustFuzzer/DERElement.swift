/// An element of DER (X.690) that can be changed: what is written has the lengths that its content needs, unless told otherwise.
struct DERElement: Sendable {
    var tag: UInt8
    var content: Content
    var spelling = Spelling.shortest

    enum Content: Sendable {
        case bytes([UInt8])
        /// In an octet or bit string too, where the whole content is DER; `mark` is the bit string's first octet.
        case elements([DERElement], mark: [UInt8])
    }

    /// How the length is written; only the shortest is DER, a parser may take the others (X.690, section 8.1.3).
    enum Spelling: Sendable {
        case shortest
        case padded
        case indefinite
    }

    static let (integer, bitString, octetString, sequence): (UInt8, UInt8, UInt8, UInt8) = (0x02, 0x03, 0x04, 0x30)

    /// - Returns: `nil` where the bytes are anything else than elements one behind the other.
    static func all(in bytes: ArraySlice<UInt8>, depth: Int = 0) -> [DERElement]? {
        guard depth < 24 else { return nil }
        var rest = bytes
        var found: [DERElement] = []
        while let tag = rest.popFirst() {
            guard tag & 0x1F != 0x1F, let length = length(&rest), length <= rest.count else { return nil }
            let content = rest.prefix(length)
            rest = rest.dropFirst(length)
            if tag & 0x20 != 0 {
                guard let inside = all(in: content, depth: depth + 1) else { return nil }
                found.append(DERElement(tag: tag, content: .elements(inside, mark: [])))
                continue
            }
            let mark = tag == bitString && content.first == 0 ? [UInt8(0)] : []
            let holdsDER = tag == octetString || !mark.isEmpty
            if holdsDER, content.dropFirst(mark.count).first == sequence,
                let inside = all(in: content.dropFirst(mark.count), depth: depth + 1)
            {
                found.append(DERElement(tag: tag, content: .elements(inside, mark: mark)))
            } else {
                found.append(DERElement(tag: tag, content: .bytes(Array(content))))
            }
        }
        return found
    }

    private static func length(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let first = rest.popFirst() else { return nil }
        guard first & 0x80 != 0 else { return Int(first) }
        let count = Int(first & 0x7F)
        guard (1...3).contains(count), count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }

    var bytes: [UInt8] {
        let inside: [UInt8]
        switch content {
        case .bytes(let bytes): inside = bytes
        case .elements(let elements, let mark): inside = mark + elements.flatMap(\.bytes)
        }
        let length = UInt32(inside.count)
        let octets = (0..<4).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        switch spelling {
        case .indefinite: return [tag, 0x80] + inside + [0, 0]
        case .padded: return [tag, 0x84] + octets + inside
        case .shortest where length < 0x80: return [tag, UInt8(length)] + inside
        case .shortest:
            let significant = octets.drop { $0 == 0 }
            return [tag, 0x80 | UInt8(significant.count)] + significant + inside
        }
    }

    /// Elements inside; none where there are only bytes.
    var elements: [DERElement] {
        get { if case .elements(let elements, _) = content { elements } else { [] } }
        set {
            guard case .elements(_, let mark) = content else { return }
            content = .elements(newValue, mark: mark)
        }
    }

    /// The places of all elements inside, each as the indices that lead there.
    var places: [[Int]] {
        elements.enumerated().flatMap { index, element in [[index]] + element.places.map { [index] + $0 } }
    }

    subscript(place: ArraySlice<Int>) -> DERElement {
        get { place.first.map { elements[$0][place.dropFirst()] } ?? self }
        set {
            guard let index = place.first else {
                self = newValue
                return
            }
            elements[index][place.dropFirst()] = newValue
        }
    }
}
