internal import Foundation

/// The key by which a certificate's number is found as people type it: compatibility forms, width, case, dashes, blanks and characters
/// that look alike fold together. The number itself is never changed.
public enum NumberKey {
    public static func key(of number: String) -> String {
        if number.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) {
            return String(decoding: number.utf8.lazy.map { plainKeys[Int($0)] }, as: UTF8.self)
        }
        let plain = number.precomposedStringWithCompatibilityMapping
        var key = String.UnicodeScalarView()
        for scalar in plain.uppercased().unicodeScalars where !isInvisible(scalar) {
            key.append(lookAlikes[scalar] ?? scalar)
        }
        return String(key)
    }

    /// What each visible character of ASCII becomes; nearly all numbers are made of these.
    private static let plainKeys: [UInt8] = (0..<128).map { (byte: UInt8) in
        let upper = (0x61...0x7A).contains(byte) ? byte - 0x20 : byte
        return lookAlikes[Unicode.Scalar(upper)].flatMap { $0.isASCII ? UInt8($0.value) : nil } ?? upper
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format: true
        default: false
        }
    }

    /// In upper case: digits that pass for letters, dashes, and capitals of Cyrillic and Greek that look Latin.
    private static let lookAlikes: [Unicode.Scalar: Unicode.Scalar] = {
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        let groups: [(Unicode.Scalar, String)] = [
            ("0", "OОΟ"), ("1", "ILІΙ|"), ("-", "‐‑‒–—―−﹘ー"), ("/", "⁄∕"), ("A", "АΑ"), ("B", "ВΒ"), ("C", "С"), ("E", "ЕΕ"), ("H", "НΗ"),
            ("J", "Ј"), ("K", "КΚ"), ("M", "МΜ"), ("N", "Ν"), ("P", "РΡ"), ("S", "Ѕ"), ("T", "ТΤ"), ("X", "ХΧ"), ("Y", "ҮΥ"), ("Z", "Ζ"),
        ]
        for (plain, others) in groups {
            for other in others.unicodeScalars { table[other] = plain }
        }
        return table
    }()
}
