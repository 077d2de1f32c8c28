public import XMLSignature

/// How an envelope is signed, as its receiver's toolkit wants it. Data of a partner, never code.
public struct SigningStyle: Hashable, Sendable {
    /// `nil` is what the key signs with unless told otherwise.
    public var algorithm: SignatureAlgorithm?
    public var digest: DigestAlgorithm
    public var token: Token

    /// How KeyInfo names the certificate (X.509 Certificate Token Profile 1.1.1, section 3.2).
    public enum Token: String, CaseIterable, Sendable {
        case binarySecurityToken = "binary-security-token"
        case pkiPath = "pki-path"
        case issuerSerial = "issuer-serial"
        case subjectKeyIdentifier = "ski"
        case thumbprint
        case keyIdentifier = "key-identifier"
        case x509Data = "x509-data"
    }

    public init(algorithm: SignatureAlgorithm? = nil, digest: DigestAlgorithm = .sha256, token: Token = .binarySecurityToken) {
        self.algorithm = algorithm
        self.digest = digest
        self.token = token
    }
}
