internal import XML

/// What the text of a simple element may be: one rule for XML, JSON and both schemas.
public enum ElementFormat: Sendable {
    /// Text that is not blank, of `minimum` to `maximum` Unicode scalars; white space is kept.
    case text(minimum: Int, maximum: Int)
    case pattern(ElementPattern, minimum: Int, maximum: Int)
    case code(CodeList)
    /// A count: a JSON integer from `minimum`, of at the most `digits` digits.
    case integer(minimum: Int, digits: Int)
    /// A decimal whose digits are kept as written: at the most `digits`, of them `fraction` behind the point.
    case decimal(digits: Int, fraction: Int)
    case date
    case dateTime
    case boolean
    case base64

    /// Whether JSON writes the value without quotation marks.
    var isBareInJSON: Bool {
        switch self {
        case .integer, .boolean: true
        case .text, .pattern, .code, .decimal, .date, .dateTime, .base64: false
        }
    }

    /// Whether XML Schema collapses white space around the value (part 2, section 4.3.6): everything but text does.
    var collapsesWhiteSpace: Bool {
        switch self {
        case .integer, .date, .dateTime, .boolean, .base64: true
        case .text, .pattern, .code, .decimal: false
        }
    }
}

extension ElementFormat {
    /// Why a text does not fit.
    enum Violation: Hashable {
        case empty
        case blank
        case tooLong(Int)
        case tooShort(Int)
        case unlisted
        /// Not in the form that the format has.
        case form
    }

    /// What is wrong with a text, in UTF-8 and valid; `nil` where it fits. Integers and booleans arrive here in their XML spelling.
    func violation(_ text: UnsafeBufferPointer<UInt8>) -> Violation? {
        switch self {
        case .text(let minimum, let maximum):
            ElementFormat.length(text, minimum, maximum) ?? (text.allSatisfy(\.isXMLSpace) ? .blank : nil)
        case .pattern(let pattern, let minimum, let maximum):
            ElementFormat.length(text, minimum, maximum) ?? (pattern.matches(text) ? nil : .form)
        case .code(let list): list.contains(text) ? nil : .unlisted
        case .integer(let minimum, let digits): ElementFormat.isInteger(text, minimum, digits) ? nil : .form
        case .decimal(let digits, let fraction): ElementFormat.isDecimal(text, digits, fraction) ? nil : .form
        case .date: XMLDateTime.isDate(text) ? nil : .form
        case .dateTime: XMLDateTime(text) != nil ? nil : .form
        case .boolean: ElementFormat.isBoolean(text) ? nil : .form
        case .base64: text.isEmpty ? .empty : Base64.isStrict(text) ? nil : .form
        }
    }

    private static func length(_ text: UnsafeBufferPointer<UInt8>, _ minimum: Int, _ maximum: Int) -> Violation? {
        if text.isEmpty { return .empty }
        // A character has at least one byte, and at the most four.
        if text.count <= maximum, text.count >= minimum * 4 { return nil }
        let characters = text.count { $0 & 0xC0 != 0x80 }
        return characters > maximum ? .tooLong(characters) : characters < minimum ? .tooShort(characters) : nil
    }

    private static func isInteger(_ text: UnsafeBufferPointer<UInt8>, _ minimum: Int, _ digits: Int) -> Bool {
        guard isCount(text[...]), text.count <= min(digits, 18) else { return false }
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) } >= minimum
    }

    private static func isDecimal(_ text: UnsafeBufferPointer<UInt8>, _ digits: Int, _ fraction: Int) -> Bool {
        guard let point = text.firstIndex(of: UInt8(ascii: ".")) else { return isCount(text[...]) && text.count <= digits }
        let places = text[(point + 1)...]
        return isCount(text[..<point]) && !places.isEmpty && places.count <= fraction && places.allSatisfy(isDigit)
            && point + places.count <= digits
    }

    private static func isBoolean(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        ["true", "false", "1", "0"].contains { (word: StaticString) in
            text.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Digits without a leading zero.
    private static func isCount(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = text.first, text.allSatisfy(isDigit) else { return false }
        return first != 0x30 || text.count == 1
    }
}

extension ElementFormat {
    /// A violation as a person is told it.
    func describe(_ violation: Violation, _ text: String) -> (code: DatasetProblem.Code, text: String) {
        switch violation {
        case .empty: (.empty, "the element is empty; leave it out where there is nothing to say")
        case .blank: (.empty, "the element holds only white space")
        case .tooLong(let count): (.tooLong, "\(count) characters, at the most \(maximumLength) are allowed; nothing is cut off")
        case .tooShort(let count): (.format, "\(count) characters, \(minimumLength) are needed")
        case .unlisted, .form: wrongForm(text.excerpt)
        }
    }

    private func wrongForm(_ excerpt: String) -> (code: DatasetProblem.Code, text: String) {
        switch self {
        case .code(let list): (.codeList, list.refusal(of: excerpt))
        case .pattern(let pattern, _, _): (.format, "'\(excerpt)' does not match the pattern \(pattern.text)")
        case .integer(let minimum, let digits):
            (.format, "'\(excerpt)' is not a whole number from \(minimum) of at the most \(digits) digits")
        case .decimal(let digits, let fraction):
            (
                .format,
                "'\(excerpt)' is not a decimal of at the most \(digits) digits, \(fraction) of them behind the point, without sign or leading zeros"
            )
        case .date: (.format, "'\(excerpt)' is not a day of the calendar such as 2026-11-22")
        case .dateTime: (.format, "'\(excerpt)' is not a time such as 2026-11-22T10:05:00Z")
        case .boolean: (.format, "'\(excerpt)' is neither true nor false")
        case .base64: (.format, "not base64")
        case .text: (.format, "'\(excerpt)' is not a text of this element")
        }
    }

    private var minimumLength: Int {
        switch self {
        case .text(let minimum, _), .pattern(_, let minimum, _): minimum
        default: 0
        }
    }

    private var maximumLength: Int {
        switch self {
        case .text(_, let maximum), .pattern(_, _, let maximum): maximum
        default: 0
        }
    }
}

extension String {
    /// Enough of the text to recognise it in a message to a person.
    var excerpt: String {
        unicodeScalars.count <= 60 ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(60))) + "…"
    }
}
