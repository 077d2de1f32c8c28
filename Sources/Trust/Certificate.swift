internal import COpenSSL
public import XML
public import XMLSignature

/// An X.509 certificate (RFC 5280), with the facts that trust is judged by.
public struct Certificate: Sendable {
    public let der: [UInt8]
    /// RFC 4514.
    public let subject: String
    /// RFC 4514.
    public let issuer: String
    /// Hexadecimal.
    public let serialNumber: String
    public let notBefore: XMLDateTime
    public let notAfter: XMLDateTime
    /// Whether key usage is absent or names digitalSignature or nonRepudiation (RFC 5280, section 4.2.1.3).
    public let maySign: Bool
    public let isCertificationAuthority: Bool
    public let publicKey: PublicKey
    /// SHA-256 of the DER.
    public let fingerprint: Digest

    public init(der: [UInt8]) throws(CertificateError) {
        let parsed = der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            return d2i_X509(nil, &cursor, bytes.count)
        }
        ERR_clear_error()
        guard let parsed else { throw .unreadable }
        defer { X509_free(parsed) }
        do {
            publicKey = try PublicKey(certificate: der)
        } catch {
            throw .unusableKey(error.description)
        }
        guard let notBefore = XMLDateTime(X509_get0_notBefore(parsed)), let notAfter = XMLDateTime(X509_get0_notAfter(parsed)) else {
            throw .unreadable
        }
        self.der = der
        self.notBefore = notBefore
        self.notAfter = notAfter
        subject = text(of: X509_get_subject_name(parsed))
        issuer = text(of: X509_get_issuer_name(parsed))
        serialNumber = serial(of: parsed)
        let usage = X509_get_key_usage(parsed)
        maySign = usage == UInt32.max || usage & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0
        // Not X509_check_ca, which says no where key usage lacks keyCertSign: basicConstraints alone decide.
        isCertificationAuthority = X509_get_extension_flags(parsed) & UInt32(EXFLAG_CA) != 0
        fingerprint = Digest(of: der)
    }

    /// The first certificate of a PEM text.
    public init(pem: [UInt8]) throws(CertificateError) {
        try self.init(der: Certificate.derOfPEM(pem))
    }

    private static func derOfPEM(_ pem: [UInt8]) throws(CertificateError) -> [UInt8] {
        let parsed = pem.withUnsafeBytes { bytes in
            let file = coconect_memory_bio(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(file) }
            return PEM_read_bio_X509(file, nil, nil, nil)
        }
        ERR_clear_error()
        guard let parsed else { throw .unreadable }
        defer { X509_free(parsed) }
        var der = [UInt8](repeating: 0, count: Int(i2d_X509(parsed, nil)))
        der.withUnsafeMutableBufferPointer { bytes in
            var cursor = bytes.baseAddress
            _ = i2d_X509(parsed, &cursor)
        }
        return der
    }
}

public enum CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable
    case unusableKey(String)

    public var description: String {
        switch self {
        case .unreadable: "not an X.509 certificate"
        case .unusableKey(let reason): reason
        }
    }
}

private func text(of name: OpaquePointer?) -> String {
    let output = BIO_new(BIO_s_mem())
    defer { BIO_free(output) }
    coconect_print_name(output, name)
    var line = [UInt8](repeating: 0, count: 4096)
    let count = BIO_read(output, &line, Int32(line.count))
    return String(decoding: line.prefix(Int(max(0, count))), as: UTF8.self)
}

private func serial(of certificate: OpaquePointer) -> String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return "" }
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return "" }
    defer { CRYPTO_free(text, nil, 0) }
    return String(cString: text)
}

extension XMLDateTime {
    fileprivate init?(_ time: UnsafePointer<ASN1_TIME>?) {
        let epoch = ASN1_TIME_set(nil, 0)
        defer { ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard let time, ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        self.init(seconds: Int64(days) * 86400 + Int64(seconds))
    }
}
