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
    public let subjectName: DistinguishedName
    public let issuerName: DistinguishedName
    /// Hexadecimal.
    public let serialNumber: String
    public let notBefore: XMLDateTime
    public let notAfter: XMLDateTime
    /// Whether key usage is absent or names digitalSignature or nonRepudiation (RFC 5280, section 4.2.1.3).
    public let maySign: Bool
    public let isCertificationAuthority: Bool
    /// Whether extended key usage (RFC 5280, section 4.2.1.12) names nothing but the work of servers: TLS, time stamps, OCSP answers.
    public let isForServersOnly: Bool
    public let publicKey: PublicKey
    /// SHA-256 of the DER.
    public let fingerprint: Digest
    /// SHA-1 of the DER: the name ThumbprintSHA1 of WSS 1.1, never a proof.
    public let thumbprint: Digest
    /// The extension (RFC 5280, section 4.2.1.2), or where it is absent the SHA-1 of the key that it recommends.
    public let subjectKeyIdentifier: [UInt8]

    let handle: X509Handle

    public init(der: [UInt8]) throws(CertificateError) {
        guard let handle = X509Handle(der: der) else { throw .unreadable }
        let parsed = handle.pointer
        do {
            publicKey = try PublicKey(certificate: der)
        } catch {
            throw .unusableKey(error.description)
        }
        guard let subjectName = DistinguishedName(X509_get_subject_name(parsed)),
            let issuerName = DistinguishedName(X509_get_issuer_name(parsed))
        else { throw .unreadable }
        guard let notBefore = XMLDateTime(X509_get0_notBefore(parsed)), let notAfter = XMLDateTime(X509_get0_notAfter(parsed)) else {
            throw .unreadable
        }
        self.der = der
        self.handle = handle
        self.subjectName = subjectName
        self.issuerName = issuerName
        self.notBefore = notBefore
        self.notAfter = notAfter
        subject = text(of: X509_get_subject_name(parsed))
        issuer = text(of: X509_get_issuer_name(parsed))
        serialNumber = serial(of: parsed)
        let usage = X509_get_key_usage(parsed)
        maySign = usage == UInt32.max || usage & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0
        let extended = X509_get_extended_key_usage(parsed)
        let servers = UInt32(XKU_SSL_SERVER | XKU_TIMESTAMP | XKU_OCSP_SIGN | XKU_SGC | XKU_DVCS)
        let others = UInt32(XKU_SMIME | XKU_SSL_CLIENT | XKU_CODE_SIGN | XKU_ANYEKU)
        isForServersOnly = extended != UInt32.max && extended & servers != 0 && extended & others == 0
        // Not X509_check_ca, which says no where key usage lacks keyCertSign: basicConstraints alone decide.
        isCertificationAuthority = X509_get_extension_flags(parsed) & UInt32(EXFLAG_CA) != 0
        fingerprint = Digest(of: der)
        thumbprint = Digest(.sha1, of: der)
        subjectKeyIdentifier = keyIdentifier(of: parsed)
    }

    /// The environment that a certificate is made for, where an organizational unit of its subject says so: `coconect test`.
    public var statedEnvironment: String? {
        subjectName.organizationalUnits.lazy.compactMap { unit in
            ["dev", "test", "prod"].first { unit == "coconect \($0)" || unit == $0 }
        }.first
    }

    /// As XML Signature writes it (section 4.5.4.1).
    public var decimalSerialNumber: String {
        var number: OpaquePointer?
        guard BN_hex2bn(&number, serialNumber) > 0, let text = BN_bn2dec(number) else { return "" }
        defer {
            BN_free(number)
            CRYPTO_free(text, nil, 0)
        }
        return String(cString: text)
    }

    /// Whether its bytes are DER as OpenSSL writes it: the same certificate in other bytes would have another fingerprint.
    public var isCanonical: Bool { Certificate.der(of: handle.pointer) == der }

    /// The first certificate of a PEM text.
    public init(pem: [UInt8]) throws(CertificateError) {
        guard let first = try Certificate.all(pem: pem).first else { throw .unreadable }
        self = first
    }

    /// Every certificate of a PEM text, in its order.
    public static func all(pem: [UInt8]) throws(CertificateError) -> [Certificate] {
        var found: [[UInt8]] = []
        pem.withUnsafeBytes { bytes in
            let file = coconect_memory_bio(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(file) }
            while let parsed = PEM_read_bio_X509(file, nil, noPassphrase, nil) {
                defer { X509_free(parsed) }
                found.append(der(of: parsed))
            }
        }
        ERR_clear_error()
        var certificates: [Certificate] = []
        for der in found { certificates.append(try Certificate(der: der)) }
        return certificates
    }

    private static func der(of parsed: OpaquePointer) -> [UInt8] {
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

func text(of name: OpaquePointer?) -> String {
    let output = BIO_new(BIO_s_mem())
    defer { BIO_free(output) }
    coconect_print_name(output, name)
    var line = [UInt8](repeating: 0, count: 4096)
    let count = BIO_read(output, &line, Int32(line.count))
    return String(decoding: line.prefix(Int(max(0, count))), as: UTF8.self)
}

private func keyIdentifier(of certificate: OpaquePointer) -> [UInt8] {
    if let extended = X509_get0_subject_key_id(certificate), let data = ASN1_STRING_get0_data(extended) {
        return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(extended))))
    }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_pubkey_digest(certificate, EVP_sha1(), &digest, &count) == 1 else { return [] }
    return Array(digest.prefix(Int(count)))
}

private func serial(of certificate: OpaquePointer) -> String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return "" }
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return "" }
    defer { CRYPTO_free(text, nil, 0) }
    return String(cString: text)
}

extension XMLDateTime {
    init?(_ time: UnsafePointer<ASN1_TIME>?) {
        let epoch = ASN1_TIME_set(nil, 0)
        defer { ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard let time, ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        self.init(seconds: Int64(days) * 86400 + Int64(seconds))
    }
}
