public import XML

/// A Signature element read against an allow-list, before anything in it is computed.
///
/// libxmlsec1 runs the transforms of every Reference before it looks at SignatureValue, so a stranger's SignedInfo could
/// make it work for minutes. Here nothing that SignedInfo asks for happens until its SignatureValue is known to be good.
public struct SignedInfo {
    public let signature: XMLElement
    public let canonicalization: Canonicalization
    public let algorithm: SignatureAlgorithm
    public let references: [Reference]
    public let signatureValue: [UInt8]
    /// Where the signer says which certificate it used; only ever looked up, never trusted.
    public let keyInfo: XMLElement?

    /// The element SignedInfo.
    public let element: XMLElement

    public init(reading signature: XMLElement, policy: SignaturePolicy) throws(SignatureError) {
        let reader = SignatureReader(policy: policy)
        // Objects are looked into only where a Reference means something in them: XAdES keeps its properties there.
        let objects = policy.placement == .enveloped ? ["Object"] : []
        let parts = try reader.children(
            of: signature, ["SignedInfo", "SignatureValue", "KeyInfo"] + objects, optional: ["KeyInfo", "Object"])
        guard let element = parts["SignedInfo"], let value = parts["SignatureValue"] else {
            throw .malformed("SignedInfo or SignatureValue is missing")
        }
        self.signature = signature
        self.element = element
        keyInfo = parts["KeyInfo"]
        signatureValue = try reader.base64(value)
        (canonicalization, algorithm, references) = try reader.signedInfo(element)
    }

    /// Holds what was read against a narrower policy, such as the signer's own; before anything is computed.
    public func check(_ policy: SignaturePolicy) throws(SignatureError) {
        guard policy.signatureAlgorithms.contains(algorithm) else { throw .algorithmNotAllowed(kind: "signature", uri: algorithm.rawValue) }
        guard references.count <= policy.references else {
            throw .tooMany("References", count: references.count, limit: policy.references)
        }
        for reference in references where !policy.digestAlgorithms.contains(reference.digestAlgorithm) {
            throw .algorithmNotAllowed(kind: "digest", uri: reference.digestAlgorithm.rawValue)
        }
        let prefixes = (references.map(\.canonicalization) + [canonicalization]).map(\.inclusivePrefixes.count).max() ?? 0
        guard prefixes <= policy.prefixes else { throw .tooMany("prefixes in PrefixList", count: prefixes, limit: policy.prefixes) }
    }

    /// Whether SHA-1 is in it anywhere.
    public var usesSHA1: Bool { algorithm.digest == .sha1 || references.contains { $0.digestAlgorithm == .sha1 } }
}
