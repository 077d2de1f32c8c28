/// Reads JSON (RFC 8259) token by token, strictly: no number is turned into a binary one, no duplicate or odd character
/// slips through unseen.
struct JSONScanner {
    struct SyntaxError: Error {
        let offset: Int
        let reason: String
    }

    /// What a value starts with.
    enum Kind: String {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case number = "a number"
        case boolean = "true or false"
        case null = "null"
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    private static let maximumDepth = 64

    /// - Parameter bytes: must outlive the scanner.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(SyntaxError) {
        self.bytes = bytes
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw SyntaxError(offset: error.byteOffsets.lowerBound, reason: "this is not UTF-8")
        }
    }

    /// Line and column of an offset, both from 1.
    static func place(_ offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> String {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let column = offset - (before.lastIndex(of: 0x0A) ?? -1)
        return "line \(line), column \(column)"
    }

    mutating func peek() throws(SyntaxError) -> Kind {
        skipSpace()
        guard position < bytes.count else { throw error("the text ends where a value belongs") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: throw error("no JSON value starts here")
        }
    }

    /// Reads `{ "name": value, … }`; the closure reads each value. The name is valid during its call alone.
    mutating func object(
        _ member: (inout JSONScanner, UnsafeBufferPointer<UInt8>) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        var decoded: [UInt8] = []
        try group(UInt8(ascii: "{"), UInt8(ascii: "}")) { (scanner) throws(SyntaxError) in
            scanner.skipSpace()
            guard scanner.position < scanner.bytes.count, scanner.bytes[scanner.position] == UInt8(ascii: "\"") else {
                throw scanner.error("a name in quotation marks belongs here")
            }
            if let plain = scanner.plainString() {
                try scanner.expect(UInt8(ascii: ":"), "a colon")
                return try member(&scanner, plain)
            }
            decoded.removeAll(keepingCapacity: true)
            try scanner.string(into: &decoded)
            try scanner.expect(UInt8(ascii: ":"), "a colon")
            try decoded.withUnsafeBufferPointer { (name) throws(SyntaxError) in try member(&scanner, name) }
        }
    }

    /// Goes to the value of a member, past the members before it.
    mutating func find(_ wanted: StaticString) throws(SyntaxError) -> Bool {
        try expect(UInt8(ascii: "{"), "an opening bracket")
        var name: [UInt8] = []
        while try peek() == .string {
            name.removeAll(keepingCapacity: true)
            try string(into: &name)
            try expect(UInt8(ascii: ":"), "a colon")
            if name.elementsEqual(UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)) { return true }
            try skip()
            try expect(UInt8(ascii: ","), "a comma")
        }
        return false
    }

    mutating func array(_ entry: (inout JSONScanner) throws(SyntaxError) -> Void) throws(SyntaxError) {
        try group(UInt8(ascii: "["), UInt8(ascii: "]"), entry)
    }

    private mutating func group(
        _ open: UInt8, _ close: UInt8, _ member: (inout JSONScanner) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        try expect(open, "an opening bracket")
        skipSpace()
        if position < bytes.count, bytes[position] == close {
            position += 1
            return
        }
        while true {
            try member(&self)
            skipSpace()
            guard position < bytes.count else { throw error("the text ends inside an object or array") }
            defer { position += 1 }
            if bytes[position] == close { return }
            guard bytes[position] == UInt8(ascii: ",") else { throw error("a comma or a closing bracket belongs here") }
        }
    }

    /// Appends the characters of a number as written.
    mutating func number(into output: inout [UInt8]) throws(SyntaxError) {
        let start = position
        while position < bytes.count, JSONScanner.isOfNumber(bytes[position]) { position += 1 }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
        guard JSONScanner.isNumber(text) else {
            throw SyntaxError(offset: start, reason: "'\(String(decoding: text, as: UTF8.self))' is not a JSON number")
        }
        output.append(contentsOf: text)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
        default: false
        }
    }

    mutating func boolean() throws(SyntaxError) -> Bool {
        if take("true") { return true }
        if take("false") { return false }
        throw error("neither true nor false")
    }

    /// Reads past a value of any kind.
    mutating func skip(depth: Int = 0) throws(SyntaxError) {
        guard depth < JSONScanner.maximumDepth else { throw error("nested deeper than \(JSONScanner.maximumDepth)") }
        switch try peek() {
        case .object: try object { (scanner, _) throws(SyntaxError) in try scanner.skip(depth: depth + 1) }
        case .array: try array { (scanner) throws(SyntaxError) in try scanner.skip(depth: depth + 1) }
        case .string:
            var ignored: [UInt8] = []
            try string(into: &ignored)
        case .number:
            var ignored: [UInt8] = []
            try number(into: &ignored)
        case .boolean: _ = try boolean()
        case .null: guard take("null") else { throw error("not null") }
        }
    }

    /// Nothing but white space may follow.
    mutating func end() throws(SyntaxError) {
        skipSpace()
        guard position == bytes.count else { throw error("more text after the value") }
    }

    /// The content of a string without escapes, or `nil`; then the position has not moved.
    private mutating func plainString() -> UnsafeBufferPointer<UInt8>? {
        let start = position + 1
        let end = endOfPlain(from: start)
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        position = end + 1
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    private func endOfPlain(from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\"), bytes[end] >= 0x20 { end += 1 }
        return end
    }

    /// Appends the content of a string.
    mutating func string(into output: inout [UInt8]) throws(SyntaxError) {
        let start = position
        position += 1
        while true {
            let end = endOfPlain(from: position)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<end]))
            position = end
            guard position < bytes.count else { throw SyntaxError(offset: start, reason: "the string does not end") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): output.append(contentsOf: UTF8.encode(try escape())!)
            default: throw error("a control character stands unescaped in a string")
            }
        }
    }

    private mutating func escape() throws(SyntaxError) -> Unicode.Scalar {
        position += 1
        guard position < bytes.count else { throw error("the string does not end") }
        let code = bytes[position]
        position += 1
        switch code {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(SyntaxError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\u") else { throw error("an unpaired surrogate, which is no character") }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) else {
            throw error("an unpaired surrogate, which is no character")
        }
        return scalar
    }

    private mutating func hexadecimal() throws(SyntaxError) -> UInt32 {
        guard position + 4 <= bytes.count, bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw error("four hexadecimal digits belong here") }
        position += 4
        return value
    }

    private mutating func expect(_ byte: UInt8, _ what: String) throws(SyntaxError) {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { throw error("\(what) belongs here") }
        position += 1
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            bytes[position..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { return false }
        position = end
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isXMLSpace { position += 1 }
    }

    private func error(_ reason: String) -> SyntaxError { SyntaxError(offset: min(position, bytes.count), reason: reason) }

    /// RFC 8259, section 6.
    private static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        func digits() -> Int {
            let run = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(run.count)
            return run.count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leadingZero = rest.first == 0x30
        let whole = digits()
        guard whole > 0, !leadingZero || whole == 1 else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
