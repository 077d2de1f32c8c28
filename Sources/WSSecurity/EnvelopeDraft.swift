@_spi(Verification) public import SOAP
public import Trust
public import XML
public import XMLSignature

/// An envelope of ours with everything but the value of its signature.
///
/// The layout is the one that all clients of partners read: WS-Addressing headers first, Security last in Header, in it
/// token, Timestamp, and Signature last.
public struct EnvelopeDraft: Sendable {
    /// The digest of Body as its Reference has it: what a partner's Receipt must give back.
    public let bodyDigest: Digest

    private let head: [UInt8]
    private let tail: [UInt8]
    private let signature: SignatureDraft

    private static let bodyID = "Body"
    private static let timestampID = "Timestamp"
    private static let tokenID = "X509"

    /// - Parameters:
    ///   - created: the moment of signing.
    ///   - lifetime: seconds until Expires.
    public init(
        _ envelope: OutgoingEnvelope, certificate: Certificate, algorithm: SignatureAlgorithm, created: XMLDateTime,
        lifetime: Int = 300
    ) throws(SecurityRefusal) {
        let text = EnvelopeDraft.text(envelope, certificate: certificate, created: created, lifetime: lifetime)
        head = text.head
        tail = text.tail
        let (parts, body) = try EnvelopeDraft.digests(of: text.head + text.tail, headers: envelope.addressing.count)
        bodyDigest = body
        signature = SignatureDraft(parts: parts, algorithm: algorithm, keyInfo: EnvelopeDraft.keyInfo)
    }

    /// The bytes that the signer signs.
    public var signedInfo: [UInt8] { signature.signedInfo }

    /// The finished message.
    public func signed(value: [UInt8]) -> [UInt8] { head + signature.signature(value: value) + tail }

    /// Digests of the parts to sign: Body, Timestamp and the WS-Addressing headers.
    private static func digests(
        of text: [UInt8], headers: Int
    ) throws(SecurityRefusal) -> (parts: [(id: String, digest: Digest)], body: Digest) {
        do {
            let limits = XMLLimits(bytes: text.count)
            let envelope = try Envelope(reading: XMLDocument(parsing: text, limits: limits))
            guard let security = envelope.headers.last, let timestamp = security.child(.utility("Timestamp")) else {
                throw SecurityRefusal.securityHeaderMissing
            }
            let body = try digest(envelope.body)
            var parts = [(id: bodyID, digest: body), (id: timestampID, digest: try digest(timestamp))]
            for (index, header) in envelope.headers.prefix(headers).enumerated() {
                parts.append((id: headerID(index), digest: try digest(header)))
            }
            return (parts, body)
        } catch let error as XMLError {
            throw .document(error)
        } catch let error as SecurityRefusal {
            throw error
        } catch {
            throw .headerContent("\(error)")
        }
    }

    private static func digest(_ element: XMLElement) throws(XMLError) -> Digest {
        try element.withCanonicalBytes(.exclusive) { Digest(of: $0) }
    }

    private static func headerID(_ index: Int) -> String { "Header-\(index + 1)" }

    /// The message in two pieces, between which the Signature goes.
    private static func text(
        _ envelope: OutgoingEnvelope, certificate: Certificate, created: XMLDateTime, lifetime: Int
    ) -> (head: [UInt8], tail: [UInt8]) {
        var head = XMLWriter(capacity: 4096)
        head.open("soap:Envelope", ["xmlns:soap": envelope.version.namespace, "xmlns:wsu": SecurityNamespace.utility])
        head.open("soap:Header")
        for (index, header) in envelope.addressing.enumerated() {
            OutgoingEnvelope.write(header, id: headerID(index), to: &head)
        }
        head.open("wsse:Security", ["xmlns:wsse": SecurityNamespace.extension1, "soap:mustUnderstand": "1"])
        head.element(
            "wsse:BinarySecurityToken",
            ["wsu:Id": tokenID, "EncodingType": SecurityNamespace.base64Binary, "ValueType": SecurityNamespace.x509v3],
            text: Base64.encode(certificate.der))
        head.open("wsu:Timestamp", ["wsu:Id": timestampID])
        head.element("wsu:Created", text: created.text)
        head.element("wsu:Expires", text: created.adding(seconds: Int64(lifetime)).text)
        head.close("wsu:Timestamp")
        var tail = XMLWriter(capacity: envelope.content.count + 256)
        tail.close("wsse:Security")
        tail.close("soap:Header")
        tail.open("soap:Body", ["wsu:Id": bodyID])
        tail.markup(envelope.content)
        tail.close("soap:Body")
        tail.close("soap:Envelope")
        return (head.bytes, tail.bytes)
    }

    private static let keyInfo: [UInt8] = {
        var writer = XMLWriter(capacity: 512)
        writer.open("wsse:SecurityTokenReference", ["xmlns:wsse": SecurityNamespace.extension1])
        writer.element("wsse:Reference", ["URI": "#" + tokenID, "ValueType": SecurityNamespace.x509v3], text: "")
        writer.close("wsse:SecurityTokenReference")
        return writer.bytes
    }()
}

extension SigningIdentity {
    /// Signs an envelope: digests on the calling thread, the signature wherever the signer keeps its key.
    public func sign(
        _ envelope: OutgoingEnvelope, created: XMLDateTime, lifetime: Int = 300
    ) async throws -> (bytes: [UInt8], bodyDigest: Digest) {
        let draft = try EnvelopeDraft(
            envelope, certificate: certificate, algorithm: signer.algorithm, created: created, lifetime: lifetime)
        return (draft.signed(value: try await signer.sign(draft.signedInfo)), draft.bodyDigest)
    }
}
