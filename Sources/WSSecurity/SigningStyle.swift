public import XMLSignature

/// How an envelope is signed, as its receiver's toolkit wants it. Data of a partner, never code.
public struct SigningStyle: Hashable, Sendable {
    /// `nil` is what the key signs with unless told otherwise.
    public var algorithm: SignatureAlgorithm?
    public var digest: DigestAlgorithm
    public var token: Token
    /// The children of the Security header as they stand in it; one that is left out is not sent.
    public var order: [Child]
    /// Where the Security header stands among the header blocks.
    public var place: Place
    /// What the Signature covers beside Body, where it is sent.
    public var parts: Set<Part>
    /// Whether the Security header must be understood by its receiver (SOAP 1.2 part 1, section 5.2.3).
    public var mustUnderstand: Bool
    /// Digits behind the point in the times of Timestamp, 0 to 9.
    public var fractionDigits: Int
    /// Seconds from Created to Expires.
    public var lifetime: Int

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

    /// A child of the Security header. SignatureConfirmation stands behind Timestamp, where an answer has one.
    public enum Child: String, CaseIterable, Sendable { case token, timestamp, signature }

    public enum Place: String, CaseIterable, Sendable { case first, last }

    public enum Part: String, CaseIterable, Sendable { case body, timestamp, addressing, token }

    public init(
        algorithm: SignatureAlgorithm? = nil, digest: DigestAlgorithm = .sha256, token: Token = .binarySecurityToken,
        order: [Child] = [.token, .timestamp, .signature], place: Place = .last, parts: Set<Part> = [.body, .timestamp, .addressing],
        mustUnderstand: Bool = true, fractionDigits: Int = 3, lifetime: Int = 300
    ) {
        self.algorithm = algorithm
        self.digest = digest
        self.token = token
        self.order = order
        self.place = place
        self.parts = parts
        self.mustUnderstand = mustUnderstand
        self.fractionDigits = fractionDigits
        self.lifetime = lifetime
    }
}
