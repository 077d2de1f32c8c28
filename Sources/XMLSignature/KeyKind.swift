internal import COpenSSL

/// The kinds of key that sign here.
public enum KeyKind: Hashable, Sendable, CustomStringConvertible {
    case rsa(bits: Int)
    case p256

    /// - Returns: `nil` for every other kind of key or curve.
    init?(_ key: OpaquePointer) {
        if coconect_key_is_rsa(key) == 1 {
            self = .rsa(bits: Int(coconect_key_bits(key)))
        } else if coconect_key_is_ec(key) == 1, KeyKind.curve(of: key) == "prime256v1" {
            self = .p256
        } else {
            return nil
        }
    }

    private static func curve(of key: OpaquePointer) -> String {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return "" }
        return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    public var algorithm: SignatureAlgorithm {
        switch self {
        case .rsa: .rsaSHA256
        case .p256: .ecdsaSHA256
        }
    }

    public var description: String {
        switch self {
        case .rsa(let bits): "RSA-\(bits)"
        case .p256: "EC P-256"
        }
    }
}
