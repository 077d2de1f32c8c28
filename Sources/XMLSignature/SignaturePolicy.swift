/// What a signature may be made of. It is a parameter of verification, never a global.
public struct SignaturePolicy: Sendable {
    public var signatureAlgorithms: Set<SignatureAlgorithm>
    public var digestAlgorithms: Set<DigestAlgorithm>
    public var canonicalizations: Set<CanonicalizationAlgorithm> = [.exclusive]
    /// Whether the Signature may lie inside what it signs, the whole document (the empty URI) included.
    public var placement = Placement.detached
    /// References of one SignedInfo.
    public var references: Int
    /// Transforms of one Reference.
    public var transforms: Int
    /// Prefixes of one InclusiveNamespaces PrefixList.
    public var prefixes: Int
    /// Modulus of an RSA key, in bits.
    public var minimumRSABits: Int

    public enum Placement: Sendable { case detached, enveloped }

    /// For messages of partners: nothing that WS-I Basic Security Profile 1.1 or NIST SP 800-131A advises against.
    public static let strict = SignaturePolicy(
        signatureAlgorithms: Set(SignatureAlgorithm.allCases).subtracting([.rsaSHA1]),
        digestAlgorithms: Set(DigestAlgorithm.allCases).subtracting([.sha1]), references: 16, transforms: 2, prefixes: 32,
        minimumRSABits: 2048)

    /// What is read at all, before the signer and so its own policy are known. No partner's file goes beyond it.
    public static let ceiling = SignaturePolicy(
        signatureAlgorithms: Set(SignatureAlgorithm.allCases), digestAlgorithms: Set(DigestAlgorithm.allCases), references: 64,
        transforms: 2, prefixes: 64, minimumRSABits: 2048)

    /// For documents that stand for themselves, made by other programs at other times: they travel in messages, which have signatures of
    /// their own. SHA-1 is read there, and must be told.
    public static let document: SignaturePolicy = {
        var policy = SignaturePolicy.strict.allowingSHA1()
        policy.canonicalizations = Set(CanonicalizationAlgorithm.allCases)
        policy.placement = .enveloped
        return policy
    }()

    /// Adds SHA-1 (RSA-SHA1 and the SHA-1 digest), for a partner that cannot do better yet.
    public func allowingSHA1() -> SignaturePolicy {
        var policy = self
        policy.signatureAlgorithms.insert(.rsaSHA1)
        policy.digestAlgorithms.insert(.sha1)
        return policy
    }
}
