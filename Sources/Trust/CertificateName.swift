internal import COpenSSL

/// How a message names the certificate that it was signed with (X.509 Certificate Token Profile 1.1.1, section 3.2). A name is
/// looked up in the registry and never trusted by itself.
public enum CertificateName: Sendable {
    /// The certificate itself, DER.
    case certificate([UInt8])
    /// A path of certificates, DER, the signer's last (X509PKIPathv1).
    case path([[UInt8]])
    case issuerAndSerial(issuer: String, serial: String)
    case subjectKeyIdentifier([UInt8])
    case thumbprintSHA1([UInt8])

    /// - Parameter pkiPath: the content of a PKIPath, DER: a sequence of certificates, the signer's last (X.509, section 10).
    /// - Returns: `nil` where it is none, or longer than ten.
    public init?(pkiPath: [UInt8]) {
        var certificates: [[UInt8]] = []
        let isWhole = pkiPath.withUnsafeBufferPointer { buffer -> Bool in
            var cursor = buffer.baseAddress
            var (length, tag, tagClass) = (0, Int32(0), Int32(0))
            guard buffer.count > 2, ASN1_get_object(&cursor, &length, &tag, &tagClass, buffer.count) == V_ASN1_CONSTRUCTED,
                tag == V_ASN1_SEQUENCE, let start = cursor, let base = buffer.baseAddress, start - base + length == buffer.count
            else { return false }
            while let here = cursor, here - start < length {
                guard certificates.count < 10, let parsed = d2i_X509(nil, &cursor, length - (here - start)), let end = cursor else {
                    return false
                }
                X509_free(parsed)
                certificates.append(Array(UnsafeBufferPointer(start: here, count: end - here)))
            }
            return true
        }
        ERR_clear_error()
        guard isWhole, !certificates.isEmpty else { return nil }
        self = .path(certificates)
    }

    /// The content of a PKIPath, DER.
    public static func pkiPath(_ certificates: [[UInt8]]) -> [UInt8] {
        let content = certificates.flatMap(\.self)
        let length = content.count
        let header: [UInt8] =
            switch length {
            case 0..<0x80: [UInt8(length)]
            case 0x80..<0x100: [0x81, UInt8(length)]
            case 0x100..<0x10000: [0x82, UInt8(length >> 8), UInt8(length & 0xFF)]
            default: [0x83, UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
            }
        return [0x30] + header + content
    }
}
