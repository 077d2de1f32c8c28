internal import XML

/// A signature in the making: SignedInfo is fixed, its value is still to come from a `Signer`.
///
/// SignedInfo is written in its canonical form from the start, so what is signed is what is sent.
public struct SignatureDraft: Sendable {
    private static let name = "ds:SignedInfo"
    private static let declaration = " xmlns:ds=\"\(SignatureNamespace.signature)\""

    private let content: [UInt8]
    private let keyInfo: [UInt8]

    /// - Parameters:
    ///   - parts: the id and the SHA-256 digest of the exclusive canonical form of each part to sign.
    ///   - keyInfo: the content of KeyInfo, as XML.
    public init(parts: [(id: String, digest: Digest)], algorithm: SignatureAlgorithm, keyInfo: [UInt8]) {
        var writer = XMLWriter(capacity: 2048)
        writer.element("ds:CanonicalizationMethod", ["Algorithm": SignatureNamespace.exclusive], text: "")
        writer.element("ds:SignatureMethod", ["Algorithm": algorithm.rawValue], text: "")
        for part in parts {
            writer.open("ds:Reference", ["URI": "#" + part.id])
            writer.open("ds:Transforms")
            writer.element("ds:Transform", ["Algorithm": SignatureNamespace.exclusive], text: "")
            writer.close("ds:Transforms")
            writer.element("ds:DigestMethod", ["Algorithm": part.digest.algorithm.rawValue], text: "")
            writer.element("ds:DigestValue", text: part.digest.base64)
            writer.close("ds:Reference")
        }
        content = writer.bytes
        self.keyInfo = keyInfo
    }

    /// The canonical bytes of SignedInfo: what the signer signs.
    public var signedInfo: [UInt8] {
        Array("<\(SignatureDraft.name)\(SignatureDraft.declaration)>".utf8) + content + Array("</\(SignatureDraft.name)>".utf8)
    }

    /// The whole Signature element.
    public func signature(value: [UInt8]) -> [UInt8] {
        var writer = XMLWriter(capacity: content.count + keyInfo.count + 1024)
        writer.markup("<ds:Signature\(SignatureDraft.declaration)><\(SignatureDraft.name)>".utf8)
        writer.markup(content)
        writer.markup("</\(SignatureDraft.name)>".utf8)
        writer.element("ds:SignatureValue", text: Base64.encode(value))
        writer.open("ds:KeyInfo")
        writer.markup(keyInfo)
        writer.close("ds:KeyInfo")
        writer.close("ds:Signature")
        return writer.bytes
    }
}
