internal import COpenSSL

/// The kinds of key that sign here.
public enum KeyKind: Hashable, Sendable, CustomStringConvertible {
    case rsa(bits: Int)
    case ec(EllipticCurve)

    /// - Returns: `nil` for every other kind of key or curve.
    init?(_ key: OpaquePointer) {
        if coconect_key_is_rsa(key) == 1 {
            self = .rsa(bits: Int(coconect_key_bits(key)))
        } else if coconect_key_is_ec(key) == 1, let curve = EllipticCurve(rawValue: KeyKind.curve(of: key)) {
            self = .ec(curve)
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

    /// What such a key signs with unless told otherwise: for a curve the digest that is as strong as it.
    public var algorithm: SignatureAlgorithm {
        switch self {
        case .rsa: .rsaSHA256
        case .ec(.p256): .ecdsaSHA256
        case .ec(.p384): .ecdsaSHA384
        case .ec(.p521): .ecdsaSHA512
        }
    }

    /// Whether such a key makes such signatures.
    public func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        switch self {
        case .rsa: algorithm.scheme != .ecdsa
        case .ec: algorithm.scheme == .ecdsa
        }
    }

    public var description: String {
        switch self {
        case .rsa(let bits): "RSA-\(bits)"
        case .ec(let curve): "EC \(curve.title)"
        }
    }
}

/// The curves of NIST SP 800-186 that signers use, by the names that OpenSSL gives them.
public enum EllipticCurve: String, CaseIterable, Sendable {
    case p256 = "prime256v1"
    case p384 = "secp384r1"
    case p521 = "secp521r1"

    public var title: String {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }

    /// Bytes of a number below the curve's order.
    var orderBytes: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }
}
