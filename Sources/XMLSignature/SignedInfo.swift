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

    let element: XMLElement

    public init(reading signature: XMLElement, policy: SignaturePolicy) throws(SignatureError) {
        let reader = SignatureReader(policy: policy)
        let parts = try reader.children(of: signature, ["SignedInfo", "SignatureValue", "KeyInfo"], optional: ["KeyInfo"])
        guard let element = parts["SignedInfo"], let value = parts["SignatureValue"] else {
            throw .malformed("SignedInfo or SignatureValue is missing")
        }
        self.signature = signature
        self.element = element
        keyInfo = parts["KeyInfo"]
        signatureValue = try reader.base64(value)
        (canonicalization, algorithm, references) = try reader.signedInfo(element)
    }
}
