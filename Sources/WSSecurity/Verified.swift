@_spi(Verification) public import SOAP
public import Trust
public import XML
public import XMLSignature

/// Proof that a value was verified: nothing outside this module can make one.
public struct Verified<Subject> {
    public let subject: Subject
    /// The partner's certificate whose key signed.
    public let signer: KnownSigner
    public let timestamp: Timestamp
    /// The digest of the Body Reference, which a Receipt gives back.
    public let bodyDigest: Digest

    public let signatureValue: [UInt8]

    private let signedElements: [XMLElement]
    private let confirmationElements: [XMLElement]

    init(
        _ subject: Subject, signer: KnownSigner, timestamp: Timestamp, bodyDigest: Digest, signatureValue: [UInt8],
        signedElements: [XMLElement], confirmations: [XMLElement]
    ) {
        self.subject = subject
        self.signer = signer
        self.timestamp = timestamp
        self.bodyDigest = bodyDigest
        self.signatureValue = signatureValue
        confirmationElements = confirmations
        self.signedElements = signedElements
    }

    /// Whether the signature covers this very element.
    public func covers(_ element: XMLElement) -> Bool {
        signedElements.contains { $0.isSameNode(as: element) }
    }

    /// The elements of that name that the signature covers, wherever they stand.
    public func signed(_ name: XMLName) -> [XMLElement] { signedElements.filter { $0.has(name) } }

    /// What the SignatureConfirmations of an answer repeat, each the value of a request's signature; a Value that is absent, not base64, or
    /// not signed is empty.
    public var confirmedValues: [[UInt8]] {
        confirmationElements.map { element in
            covers(element) ? element.attribute(XMLName("", "Value")).flatMap { Base64.decode($0) } ?? [] : []
        }
    }
}

extension Verified where Subject == Envelope {
    /// The one child of the signed Body; `nil` where Body has none or several.
    public var content: XMLElement? {
        let children = Array(subject.body.children)
        return children.count == 1 && !subject.body.hasStrayText ? children[0] : nil
    }
}
