internal import COpenSSL

/// A certificate as OpenSSL holds it; owned here, freed here.
final class X509Handle: @unchecked Sendable {  // an X509 is not changed after it is parsed; OpenSSL caches in it under a lock of its own
    let pointer: OpaquePointer

    /// - Parameter der: one certificate and nothing behind it.
    init?(der: some Sequence<UInt8>) {
        let bytes = Array(der)
        let parsed = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let parsed = d2i_X509(nil, &cursor, buffer.count) else { return nil }
            guard cursor == buffer.baseAddress.map({ $0 + buffer.count }) else {
                X509_free(parsed)
                return nil
            }
            return parsed
        }
        ERR_clear_error()
        guard let parsed else { return nil }
        pointer = parsed
    }

    deinit { X509_free(pointer) }
}

/// A certificate revocation list as OpenSSL holds it.
final class CRLHandle: @unchecked Sendable {  // as X509Handle
    let pointer: OpaquePointer

    /// - Parameter bytes: DER, or PEM.
    init?(_ bytes: [UInt8]) {
        let parsed = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            if bytes.starts(with: Array("-----BEGIN".utf8)) {
                let file = coconect_memory_bio(buffer.baseAddress, Int32(buffer.count))
                defer { BIO_free(file) }
                return PEM_read_bio_X509_CRL(file, nil, noPassphrase, nil)
            }
            var cursor = buffer.baseAddress
            return d2i_X509_CRL(nil, &cursor, buffer.count)
        }
        ERR_clear_error()
        guard let parsed else { return nil }
        pointer = parsed
    }

    deinit { X509_CRL_free(pointer) }
}

/// What is public is read without one: OpenSSL would ask for the passphrase of an encrypted PEM on the terminal, and wait.
func noPassphrase(
    _ passphrase: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isWriting: Int32, _ given: UnsafeMutableRawPointer?
) -> Int32 { -1 }
