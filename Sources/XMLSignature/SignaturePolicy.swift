/// What a signature may be made of. It is a parameter of verification, never a global.
public struct SignaturePolicy: Sendable {
    public var signatureAlgorithms: Set<SignatureAlgorithm>
    public var digestAlgorithms: Set<DigestAlgorithm>
    /// References of one SignedInfo.
    public var references: Int
    /// Transforms of one Reference.
    public var transforms: Int
    /// Prefixes of one InclusiveNamespaces PrefixList.
    public var prefixes: Int
    /// Modulus of an RSA key, in bits.
    public var minimumRSABits: Int

    /// For messages of partners: nothing that WS-I Basic Security Profile 1.1 or NIST SP 800-131A advises against.
    public static let strict = SignaturePolicy(
        signatureAlgorithms: [.rsaSHA256, .ecdsaSHA256], digestAlgorithms: [.sha256], references: 16, transforms: 2,
        prefixes: 32, minimumRSABits: 2048)
}
