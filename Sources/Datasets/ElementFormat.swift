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

    /// Whether XML Schema collapses white space around the value (part 2, section 4.3.6): everything but text does.
    var collapsesWhiteSpace: Bool {
        switch self {
        case .integer, .date, .dateTime, .boolean, .base64: true
        case .text, .pattern, .code, .decimal: false
        }
    }
}

extension ElementFormat {
    /// What is wrong with a text, `nil` where it fits. Integers and booleans arrive here in their XML spelling.
    func violation(_ text: String) -> (code: DatasetProblem.Code, text: String)? {
        switch self {
        case .text(let minimum, let maximum): ElementFormat.length(text, minimum, maximum) ?? ElementFormat.blank(text)
        case .pattern(let pattern, let minimum, let maximum):
            ElementFormat.length(text, minimum, maximum)
                ?? (pattern.matches(text) ? nil : (.format, "'\(text.excerpt)' does not match the pattern \(pattern.text)"))
        case .code(let list): ElementFormat.code(text, list)
        case .integer(let minimum, let digits): ElementFormat.integer(text, minimum, digits)
        case .decimal(let digits, let fraction): ElementFormat.decimal(text, digits, fraction)
        case .date: ElementFormat.date(text)
        case .dateTime: ElementFormat.dateTime(text)
        case .boolean:
            ["true", "false", "1", "0"].contains(text) ? nil : (.format, "'\(text.excerpt)' is neither true nor false")
        case .base64: ElementFormat.base64(text)
        }
    }

    private static func length(_ text: String, _ minimum: Int, _ maximum: Int) -> (DatasetProblem.Code, String)? {
        let count = text.unicodeScalars.count
        if count == 0 { return (.empty, "the element is empty; leave it out where there is nothing to say") }
        if count > maximum { return (.tooLong, "\(count) characters, at the most \(maximum) are allowed; nothing is cut off") }
        if count < minimum { return (.format, "\(count) characters, \(minimum) are needed") }
        return nil
    }

    private static func blank(_ text: String) -> (DatasetProblem.Code, String)? {
        text.utf8.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } ? (.empty, "the element holds only white space") : nil
    }

    private static func code(_ text: String, _ list: CodeList) -> (DatasetProblem.Code, String)? {
        if list.contains(text) { return nil }
        let nearest = list.nearest(text)
        let hint = nearest.isEmpty ? "" : "; near: \(nearest.joined(separator: ", "))"
        return (.codeList, "'\(text.excerpt)' is not in the list \(list.id) (\(list.title))\(hint)")
    }

    private static func integer(_ text: String, _ minimum: Int, _ digits: Int) -> (DatasetProblem.Code, String)? {
        guard isCount(text.utf8), text.utf8.count <= digits, let value = Int(text), value >= minimum else {
            return (.format, "'\(text.excerpt)' is not a whole number from \(minimum) of at the most \(digits) digits")
        }
        return nil
    }

    private static func decimal(_ text: String, _ digits: Int, _ fraction: Int) -> (DatasetProblem.Code, String)? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let places = parts.count == 2 ? parts[1].count : 0
        guard parts.count <= 2, isCount(parts[0]), parts.count == 1 || (places > 0 && parts[1].allSatisfy(isDigit)),
            places <= fraction, parts[0].count + places <= digits
        else {
            return (
                .format,
                "'\(text.excerpt)' is not a decimal of at the most \(digits) digits, \(fraction) of them behind the point, without sign or leading zeros"
            )
        }
        return nil
    }

    private static func date(_ text: String) -> (DatasetProblem.Code, String)? {
        XMLDateTime.isDate(text) ? nil : (.format, "'\(text.excerpt)' is not a day of the calendar such as 2026-11-22")
    }

    private static func dateTime(_ text: String) -> (DatasetProblem.Code, String)? {
        XMLDateTime(text) != nil ? nil : (.format, "'\(text.excerpt)' is not a time such as 2026-11-22T10:05:00Z")
    }

    private static func base64(_ text: String) -> (DatasetProblem.Code, String)? {
        if text.isEmpty { return (.empty, "the element is empty; leave it out where there is nothing to say") }
        return Base64.decode(text) != nil ? nil : (.format, "not base64")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Digits without a leading zero.
    private static func isCount(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, text.allSatisfy(isDigit) else { return false }
        return first != 0x30 || text.count == 1
    }
}

extension String {
    /// Enough of the text to recognise it in a message to a person.
    var excerpt: String {
        unicodeScalars.count <= 60 ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(60))) + "…"
    }
}
