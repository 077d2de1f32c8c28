public import XMLSignature

/// What we sign with: a signer and the certificate that its partners know it by.
public struct SigningIdentity: Sendable {
    public let certificate: Certificate
    public let signer: any Signer

    public init(certificate: Certificate, signer: any Signer) {
        self.certificate = certificate
        self.signer = signer
    }

    /// - Throws: `IdentityError` where the key is not the certificate's.
    public init(certificate: Certificate, key: PrivateKey) throws(IdentityError) {
        guard key.matches(certificate.publicKey) else { throw .keyOfAnotherCertificate(subject: certificate.subject) }
        self.init(certificate: certificate, signer: key)
    }
}

public enum IdentityError: Error, Hashable, Sendable, CustomStringConvertible {
    case keyOfAnotherCertificate(subject: String)

    public var description: String {
        switch self {
        case .keyOfAnotherCertificate(let subject): "the private key does not belong to the certificate of \(subject)"
        }
    }
}
