internal import COpenSSL

/// A public key, taken from a certificate of the partner registry and never from a message.
public final class PublicKey: @unchecked Sendable {  // an EVP_PKEY is not changed after it is loaded
    public let kind: KeyKind
    let pointer: OpaquePointer

    /// - Parameter certificate: an X.509 certificate, DER.
    public init(certificate: [UInt8]) throws(OpenSSLError) {
        var cursor: UnsafePointer<UInt8>?
        let parsed = certificate.withUnsafeBufferPointer { bytes in
            cursor = bytes.baseAddress
            return d2i_X509(nil, &cursor, bytes.count)
        }
        guard let parsed else { throw OpenSSLError("not an X.509 certificate") }
        defer { X509_free(parsed) }
        guard let key = X509_get_pubkey(parsed) else { throw OpenSSLError("the certificate's public key cannot be read") }
        guard let kind = KeyKind(key) else {
            EVP_PKEY_free(key)
            throw OpenSSLError("the certificate's key is neither RSA nor EC on P-256, P-384 or P-521")
        }
        self.kind = kind
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    public func isSame(as other: PublicKey) -> Bool { EVP_PKEY_eq(pointer, other.pointer) == 1 }

    /// Whether `signature`, in the spelling of XML Signature (section 6.4: for ECDSA, r and s side by side), is this
    /// key's over `message`.
    public func verifies(_ signature: [UInt8], of message: UnsafeRawBufferPointer, by algorithm: SignatureAlgorithm) -> Bool {
        guard kind.fits(algorithm), let native = native(signature) else { return false }
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var parameters: OpaquePointer?
        guard EVP_DigestVerifyInit(context, &parameters, algorithm.digest.implementation, nil, pointer) == 1, algorithm.prepare(parameters)
        else { return false }
        let bytes = message.assumingMemoryBound(to: UInt8.self)
        return EVP_DigestVerify(context, native, native.count, bytes.baseAddress, bytes.count) == 1
    }

    private func native(_ signature: [UInt8]) -> [UInt8]? {
        if case .ec(let curve) = kind { curve.native(signature) } else { signature }
    }
}
