/// Base64 as XML Schema's base64Binary has it (RFC 4648, section 4): white space may stand anywhere, nothing else may.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Whether the characters are base64 without white space, with the padding and the clear last bits that it demands.
    public static func isStrict(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count % 4 == 0 else { return false }
        if text.isEmpty { return true }
        let padding = text[text.count - 1] != UInt8(ascii: "=") ? 0 : text[text.count - 2] != UInt8(ascii: "=") ? 1 : 2
        let digits = text.count - padding
        return values.withUnsafeBufferPointer { values in
            var seen: UInt8 = 0
            for index in 0..<digits { seen |= values[Int(text[index])] }
            let last = values[Int(text[digits - 1])]
            return seen < 64 && (padding == 0 || last & (padding == 1 ? 0x3 : 0xF) == 0)
        }
    }

    public static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
            var written = 0
            for index in stride(from: 0, to: bytes.count, by: 3) {
                let rest = bytes.count - index
                let second = rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0
                let third = rest > 2 ? UInt32(bytes[index + 2]) : 0
                let group = UInt32(bytes[index]) << 16 | second | third
                output[written] = alphabet[Int(group >> 18)]
                output[written + 1] = alphabet[Int(group >> 12 & 63)]
                output[written + 2] = rest > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
                output[written + 3] = rest > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
                written += 4
            }
            return written
        }
    }

    /// The bytes, or `nil` where the text is not base64: wrong characters or padding, or bits set behind the last byte.
    public static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count / 4 * 3)
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        for character in text.utf8 {
            switch character {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "="):
                padding += 1
                guard padding <= 2, digits % 4 + padding <= 4, digits % 4 >= 2 else { return nil }
                continue
            default: break
            }
            let value = values[Int(character)]
            guard value != 0xFF, padding == 0 else { return nil }
            group = group << 6 | UInt32(value)
            digits += 1
            if digits % 4 == 0 {
                output.append(UInt8(group >> 16 & 0xFF))
                output.append(UInt8(group >> 8 & 0xFF))
                output.append(UInt8(group & 0xFF))
                group = 0
            }
        }
        switch (digits % 4, padding) {
        case (0, 0): break
        case (2, 2) where group & 0xF == 0: output.append(UInt8(group >> 4 & 0xFF))
        case (3, 1) where group & 0x3 == 0:
            output.append(UInt8(group >> 10 & 0xFF))
            output.append(UInt8(group >> 2 & 0xFF))
        default: return nil
        }
        return output
    }
}
