internal import COpenSSL

/// The attributes of a name written as text: `CN=Hanbit\, Ltd,O="A, B",2.5.4.97=#0c0141+OU=x` (RFC 4514; RFC 1779's quotes and
/// semicolons; spaces around the separators).
struct DistinguishedNameText {
    private var rest: ArraySlice<UInt8>

    static func attributes(of text: String) -> [(type: String, value: String)]? {
        var reader = DistinguishedNameText(rest: Array(text.utf8)[...])
        var attributes: [(String, String)] = []
        while true {
            guard let type = reader.type(), let value = reader.value() else { return nil }
            attributes.append((type, value))
            if reader.rest.isEmpty { return attributes }
            guard let separator = reader.rest.popFirst(), DistinguishedNameText.separators.contains(separator) else { return nil }
        }
    }

    private static let separators = Array(",;+".utf8)

    private mutating func type() -> String? {
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = rest[..<equals].filter { $0 != 0x20 }
        rest = rest[(equals + 1)...]
        let isName = name.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2E || $0 == 0x2D }
        return name.isEmpty || !isName ? nil : String(decoding: name, as: UTF8.self)
    }

    private mutating func value() -> String? {
        rest = rest.drop { $0 == 0x20 }
        if rest.first == UInt8(ascii: "#") { return encoded() }
        if rest.first == UInt8(ascii: "\"") { return quoted() }
        var bytes: [UInt8] = []
        while let byte = rest.first, !DistinguishedNameText.separators.contains(byte) {
            rest.removeFirst()
            if byte == UInt8(ascii: "\\") {
                guard let escaped = escaped() else { return nil }
                bytes.append(escaped)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What follows a backslash: two hexadecimal digits, or a character that would mean something else.
    private mutating func escaped() -> UInt8? {
        guard let first = rest.popFirst() else { return nil }
        guard let high = Character(Unicode.Scalar(first)).hexDigitValue,
            let low = rest.first.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue })
        else { return first }
        rest.removeFirst()
        return UInt8(high << 4 | low)
    }

    private mutating func quoted() -> String? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = escaped() else { return nil }
                bytes.append(escaped)
            case UInt8(ascii: "\""):
                // .NET doubles a quote inside quotes.
                guard rest.first == UInt8(ascii: "\"") else {
                    rest = rest.drop { $0 == 0x20 }
                    return String(decoding: bytes, as: UTF8.self)
                }
                rest.removeFirst()
                bytes.append(byte)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    /// `#` and the hexadecimal BER of the value.
    private mutating func encoded() -> String? {
        rest.removeFirst()
        let digits = rest.prefix { Character(Unicode.Scalar($0)).isHexDigit }
        rest = rest.dropFirst(digits.count).drop { $0 == 0x20 }
        guard digits.count.isMultiple(of: 2), !digits.isEmpty else { return nil }
        var bytes: [UInt8] = []
        var pairs = digits
        while let high = pairs.popFirst(), let low = pairs.popFirst() {
            guard let byte = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        let parsed = bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_ASN1_TYPE(nil, &cursor, buffer.count)
        }
        defer { ERR_clear_error() }
        guard let parsed else { return nil }
        defer { ASN1_TYPE_free(parsed) }
        let strings = [
            V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING, V_ASN1_T61STRING, V_ASN1_BMPSTRING, V_ASN1_UNIVERSALSTRING,
        ]
        guard strings.contains(ASN1_TYPE_get(parsed)) else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, parsed.pointee.value.asn1_string)
        guard count >= 0 else { return nil }
        defer { CRYPTO_free(text, nil, 0) }
        return String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }
}
