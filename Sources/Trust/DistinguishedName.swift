internal import COpenSSL

/// The name of a certificate's subject or issuer (X.501), compared whatever order and spelling a toolkit writes it in.
///
/// Toolkits disagree: Java and OpenSSL write the most specific part first, others last; .NET quotes commas and says `S` and
/// `E`; some give object identifiers for what others have a name for.
public struct DistinguishedName: Hashable, Sendable {
    private let parts: [Part]

    private struct Part: Hashable, Comparable {
        /// Object identifier, dotted.
        let type: String
        /// Folded: surrounding and repeated spaces and case do not count (RFC 4518).
        let value: [UInt8]

        static func < (one: Part, other: Part) -> Bool {
            one.type != other.type ? one.type < other.type : one.value.lexicographicallyPrecedes(other.value)
        }
    }

    /// - Parameter text: RFC 4514, RFC 1779 or .NET's spelling. `nil` where it is none of them.
    public init?(_ text: String) {
        guard text.utf8.count <= 4096, let attributes = DistinguishedNameText.attributes(of: text), !attributes.isEmpty else { return nil }
        var parts: [Part] = []
        for attribute in attributes {
            guard let type = DistinguishedName.identifier(of: attribute.type) else { return nil }
            parts.append(Part(type: type, value: DistinguishedName.folded(attribute.value)))
        }
        self.parts = parts.sorted()
    }

    init?(_ name: OpaquePointer?) {
        guard let name else { return nil }
        var parts: [Part] = []
        for index in 0..<coconect_name_count(name) {
            var type = [CChar](repeating: 0, count: 128)
            var value: UnsafeMutablePointer<UInt8>?
            let count = coconect_name_entry(name, index, &type, Int32(type.count), &value)
            guard count >= 0 else { return nil }
            defer { CRYPTO_free(value, nil, 0) }
            let text = String(decoding: UnsafeBufferPointer(start: value, count: Int(count)), as: UTF8.self)
            parts.append(
                Part(type: type.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }, value: DistinguishedName.folded(text)))
        }
        self.parts = parts.sorted()
    }

    /// Whether every part of the other name is in this one.
    public func contains(_ other: DistinguishedName) -> Bool {
        var rest = parts[...]
        for part in other.parts {
            guard let found = rest.firstIndex(of: part) else { return false }
            rest = rest[(found + 1)...]
        }
        return true
    }

    /// The values of organizational units, folded.
    var organizationalUnits: [String] {
        parts.filter { $0.type == "2.5.4.11" }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    private static func folded(_ text: String) -> [UInt8] {
        let words = text.lowercased().split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
        return Array(words.joined(separator: " ").utf8)
    }

    /// Names that toolkits write and OpenSSL has another for.
    private static let aliases = [
        "S": "2.5.4.8", "SP": "2.5.4.8", "E": "1.2.840.113549.1.9.1", "EMAIL": "1.2.840.113549.1.9.1",
        "EMAILADDRESS": "1.2.840.113549.1.9.1", "T": "2.5.4.12", "G": "2.5.4.42", "I": "2.5.4.43", "STREET": "2.5.4.9",
        "UID": "0.9.2342.19200300.100.1.1", "DNQ": "2.5.4.46", "SERIALNUMBER": "2.5.4.5",
        // Those that nearly every certificate has, so that OpenSSL's table is rarely asked.
        "CN": "2.5.4.3", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8", "O": "2.5.4.10", "OU": "2.5.4.11",
        "DC": "0.9.2342.19200300.100.1.25",
    ]

    private static func identifier(of written: String) -> String? {
        var type = written.uppercased()
        if let known = aliases[type] { return known }
        if type.hasPrefix("OID.") { type.removeFirst(4) }
        if type.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) { return type }
        // OpenSSL's table is case-sensitive: organizationIdentifier, businessCategory.
        for spelling in [written, type, type.lowercased()] {
            guard let object = OBJ_txt2obj(spelling, 0) else { continue }
            defer { ASN1_OBJECT_free(object) }
            var text = [CChar](repeating: 0, count: 128)
            guard OBJ_obj2txt(&text, Int32(text.count), object, 1) > 0 else { continue }
            ERR_clear_error()
            return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        }
        ERR_clear_error()
        return nil
    }
}
