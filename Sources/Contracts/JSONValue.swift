internal import Datasets

/// JSON in the making, its members in the order in which they were given; written indented, for people read contracts too.
indirect enum JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([JSONValue])
    case object([(name: String, value: JSONValue)])

    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.map { (name: $0.0, value: $0.1) }) }

    /// A reference within the document.
    static func reference(_ pointer: String) -> JSONValue { ["$ref": .string("#/" + pointer)] }

    var document: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, depth: 0)
        return bytes + [0x0A]
    }

    private func write(to bytes: inout [UInt8], depth: Int) {
        switch self {
        case .string(let text): bytes.appendJSON(text)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .boolean(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .array(let values) where values.allSatisfy(\.isShort):
            JSONValue.join(values, "[", "]", &bytes, separator: ", ") { $0.write(to: &$1, depth: depth) }
        case .array(let values):
            JSONValue.join(values, "[", "]", &bytes, lines: depth) { $0.write(to: &$1, depth: depth + 1) }
        case .object(let members):
            JSONValue.join(members, "{", "}", &bytes, lines: depth) { member, bytes in
                bytes.appendJSON(member.name)
                bytes.append(contentsOf: ": ".utf8)
                member.value.write(to: &bytes, depth: depth + 1)
            }
        }
    }

    private var isShort: Bool {
        switch self {
        case .string, .integer, .boolean: true
        case .array, .object: false
        }
    }

    private static func join<Member>(
        _ members: [Member], _ open: String, _ close: String, _ bytes: inout [UInt8], separator: String = ",", lines depth: Int? = nil,
        _ write: (Member, inout [UInt8]) -> Void
    ) {
        bytes.append(contentsOf: open.utf8)
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(contentsOf: separator.utf8) }
            if let depth { newLine(&bytes, depth + 1) }
            write(member, &bytes)
        }
        if let depth, !members.isEmpty { newLine(&bytes, depth) }
        bytes.append(contentsOf: close.utf8)
    }

    private static func newLine(_ bytes: inout [UInt8], _ depth: Int) {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }
}
