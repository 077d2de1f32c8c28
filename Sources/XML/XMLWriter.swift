/// Writes XML text, escaped as Canonical XML escapes (section 2.3), so that what is written and what is digested differ
/// in nothing but namespaces.
public struct XMLWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(capacity: Int = 4096) {
        bytes.reserveCapacity(capacity)
    }

    /// Markup that is already XML, written as it stands.
    public mutating func markup(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Bytes that are already XML, written as they stand.
    public mutating func markup(_ xml: some Collection<UInt8>) { bytes.append(contentsOf: xml) }

    public mutating func open(_ tag: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(contentsOf: tag.utf8)
        for (name, value) in attributes {
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: name.utf8)
            bytes.append(contentsOf: "=\"".utf8)
            escape(value, in: .attribute)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
    }

    public mutating func close(_ tag: String) {
        bytes.append(contentsOf: "</".utf8)
        bytes.append(contentsOf: tag.utf8)
        bytes.append(UInt8(ascii: ">"))
    }

    public mutating func text(_ value: String) { escape(value, in: .text) }

    /// - Parameter utf8: valid UTF-8.
    public mutating func text(_ utf8: UnsafeBufferPointer<UInt8>) { escape(utf8, in: .text) }

    /// An element with nothing but text.
    public mutating func element(_ tag: String, _ attributes: KeyValuePairs<String, String> = [:], text value: String) {
        open(tag, attributes)
        text(value)
        close(tag)
    }

    private enum Place { case text, attribute }

    private mutating func escape(_ value: String, in place: Place) {
        var value = value
        value.withUTF8 { escape($0, in: place) }
    }

    /// Runs without anything to escape are copied whole.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, in place: Place) {
        var start = 0
        for index in 0..<text.count {
            guard let escape = XMLWriter.escape(text[index], in: place) else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            markup(escape)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    private static func escape(_ byte: UInt8, in place: Place) -> StaticString? {
        guard byte <= 0x3E else { return nil }
        switch (byte, place) {
        case (UInt8(ascii: "&"), _): return "&amp;"
        case (UInt8(ascii: "<"), _): return "&lt;"
        case (UInt8(ascii: ">"), .text): return "&gt;"
        case (UInt8(ascii: "\""), .attribute): return "&quot;"
        case (0x09, .attribute): return "&#x9;"
        case (0x0A, .attribute): return "&#xA;"
        case (0x0D, _): return "&#xD;"
        default: return nil
        }
    }
}
