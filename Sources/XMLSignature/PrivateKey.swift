internal import COpenSSL

/// What makes signatures: a key in a file today, a token or a key service behind the same call.
public protocol Signer: Sendable {
    var kind: KeyKind { get }
    /// Signs `message` itself (not its digest); answers in the spelling of XML Signature, section 6.4.
    func sign(_ message: [UInt8], by algorithm: SignatureAlgorithm) async throws -> [UInt8]
    /// What keeps it from signing now, for health; `nil` where nothing does.
    func problem() -> String?
}

extension Signer {
    public func problem() -> String? { nil }
}

/// A private key held in memory. It is never printed and never leaves this type.
public final class PrivateKey: Signer, @unchecked Sendable {  // an EVP_PKEY is not changed after it is loaded
    public let kind: KeyKind
    private let pointer: OpaquePointer

    /// - Parameters:
    ///   - pem: PKCS#8 or traditional PEM.
    ///   - passphrase: for an encrypted key.
    public convenience init(pem: [UInt8], passphrase: String? = nil) throws(OpenSSLError) {
        let loaded = pem.withUnsafeBytes { bytes -> OpaquePointer? in
            let file = coconect_memory_bio(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(file) }
            // With a passphrase given OpenSSL takes the last argument for it; an empty one keeps it from asking on the terminal.
            return (passphrase ?? "").withCString { PEM_read_bio_PrivateKey(file, nil, nil, UnsafeMutableRawPointer(mutating: $0)) }
        }
        guard let loaded else { throw OpenSSLError("not a private key in PEM, or a wrong passphrase") }
        try self.init(taking: loaded)
    }

    /// - Parameter loaded: an `EVP_PKEY` that is owned here from now on, also where this throws.
    init(taking loaded: OpaquePointer) throws(OpenSSLError) {
        guard let kind = KeyKind(loaded) else {
            EVP_PKEY_free(loaded)
            throw OpenSSLError("the key is neither RSA nor EC on P-256, P-384 or P-521")
        }
        self.kind = kind
        pointer = loaded
    }

    deinit { EVP_PKEY_free(pointer) }

    public func sign(_ message: [UInt8], by algorithm: SignatureAlgorithm) throws(OpenSSLError) -> [UInt8] {
        guard kind.fits(algorithm) else { throw OpenSSLError("a key \(kind) makes no \(algorithm.title) signature") }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        guard EVP_DigestSignInit(context, &parameters, algorithm.digest.implementation, nil, pointer) == 1, algorithm.prepare(parameters)
        else {
            throw OpenSSLError("signing could not start")
        }
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(pointer)))
        var count = signature.count
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
            throw OpenSSLError("signing failed")
        }
        signature.removeLast(signature.count - count)
        guard case .ec(let curve) = kind else { return signature }
        guard let spelled = curve.spelled(signature) else { throw OpenSSLError("the signature could not be spelled") }
        return spelled
    }

    /// Whether this key belongs to the certificate.
    public func matches(_ key: PublicKey) -> Bool { EVP_PKEY_eq(pointer, key.pointer) == 1 }
}
