internal import COpenSSL

/// A key with its certificate in one PKCS#12 file (RFC 7292), as .NET and browsers export it.
public struct PKCS12: Sendable {
    public let key: PrivateKey
    /// DER.
    public let certificate: [UInt8]

    public init(_ bytes: [UInt8], passphrase: String) throws(OpenSSLError) {
        let parsed = bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_PKCS12(nil, &cursor, buffer.count)
        }
        guard let parsed else { throw OpenSSLError("not a PKCS#12 file") }
        defer { PKCS12_free(parsed) }
        var (key, certificate) = (OpaquePointer?.none, OpaquePointer?.none)
        guard PKCS12_parse(parsed, passphrase, &key, &certificate, nil) == 1 else {
            throw OpenSSLError(
                "the PKCS#12 file cannot be opened: a wrong passphrase, or encryption older than OpenSSL 3 reads (export it with AES)")
        }
        defer { X509_free(certificate) }
        guard let key, let certificate else {
            EVP_PKEY_free(key)
            throw OpenSSLError("the PKCS#12 file does not hold both a key and its certificate")
        }
        self.key = try PrivateKey(taking: key)
        var der = [UInt8](repeating: 0, count: Int(i2d_X509(certificate, nil)))
        der.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            _ = i2d_X509(certificate, &cursor)
        }
        self.certificate = der
    }
}
