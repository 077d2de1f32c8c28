public import SOAP
public import Trust
public import XML
public import XMLSignature

/// An envelope of ours with everything but the value of its signature.
///
/// The layout is the one that all clients of partners read: WS-Addressing headers first, Security last in Header, in it
/// token, Timestamp, and Signature last. Each signed part is written in its exclusive canonical form, with every namespace
/// that it uses declared on it, so that the bytes sent are the bytes digested.
public struct EnvelopeDraft: Sendable {
    /// The digest of Body as its Reference has it: what a partner's Receipt must give back.
    public let bodyDigest: Digest
    public let algorithm: SignatureAlgorithm

    /// The message in two pieces, between which the Signature goes.
    private let head: [UInt8]
    private let tail: [UInt8]
    private let signature: SignatureDraft

    private static let bodyID = "Body"
    private static let timestampID = "Timestamp"

    /// - Parameters:
    ///   - created: the moment of signing.
    ///   - lifetime: seconds until Expires.
    /// - Throws: where the content of Body, written freely, is not well-formed.
    public init(
        _ envelope: OutgoingEnvelope, identity: SigningIdentity, style: SigningStyle = SigningStyle(), created: XMLDateTime,
        lifetime: Int = 300
    ) throws(SecurityRefusal) {
        algorithm = style.algorithm ?? identity.signer.kind.algorithm
        let token = TokenMarkup(identity.certificate, style: style.token)
        let body = EnvelopeDraft.body(envelope)
        let timestamp = EnvelopeDraft.timestamp(created: created, lifetime: lifetime)
        let headers = envelope.addressing.enumerated().map { EnvelopeDraft.header($1, index: $0) }
        bodyDigest = try EnvelopeDraft.digest(style.digest, of: body, form: envelope.form)
        var parts = [
            (id: EnvelopeDraft.bodyID, digest: bodyDigest), (id: EnvelopeDraft.timestampID, digest: Digest(style.digest, of: timestamp)),
        ]
        for (index, header) in headers.enumerated() {
            parts.append((id: EnvelopeDraft.headerID(index), digest: Digest(style.digest, of: header)))
        }
        signature = SignatureDraft(parts: parts, algorithm: algorithm, keyInfo: token.keyInfo)

        var head = XMLWriter(capacity: 4096)
        head.open("soap:Envelope", ["xmlns:soap": envelope.version.namespace])
        head.open("soap:Header")
        for header in headers { head.markup(header) }
        head.open("wsse:Security", ["xmlns:wsse": SecurityNamespace.extension1, "soap:mustUnderstand": "1"])
        head.markup(token.token)
        head.markup(timestamp)
        self.head = head.bytes
        var tail = XMLWriter(capacity: body.count + 64)
        tail.close("wsse:Security")
        tail.close("soap:Header")
        tail.markup(body)
        tail.close("soap:Envelope")
        self.tail = tail.bytes
    }

    /// The bytes that the signer signs.
    public var signedInfo: [UInt8] { signature.signedInfo }

    /// The finished message.
    public func signed(value: [UInt8]) -> [UInt8] { head + signature.signature(value: value) + tail }

    /// What is written freely is canonicalized for its digest: exclusive canonicalization drops what only a text uses, such
    /// as the prefix of a fault code.
    private static func digest(
        _ algorithm: DigestAlgorithm, of body: [UInt8], form: OutgoingEnvelope.Form
    ) throws(SecurityRefusal) -> Digest {
        guard form == .free else { return Digest(algorithm, of: body) }
        do {
            let document = try XMLDocument(parsing: body, limits: XMLLimits(bytes: body.count))
            return try document.root.withCanonicalBytes(.exclusive) { Digest(algorithm, of: $0) }
        } catch {
            throw .document(error)
        }
    }

    private static func headerID(_ index: Int) -> String { "Header-\(index + 1)" }

    private static func header(_ header: OutgoingEnvelope.AddressingHeader, index: Int) -> [UInt8] {
        var writer = XMLWriter(capacity: 512)
        OutgoingEnvelope.write(header, id: headerID(index), utility: SecurityNamespace.utility, to: &writer)
        return writer.bytes
    }

    private static func body(_ envelope: OutgoingEnvelope) -> [UInt8] {
        var writer = XMLWriter(capacity: envelope.content.count + 256)
        writer.open(
            "soap:Body", ["xmlns:soap": envelope.version.namespace, "xmlns:wsu": SecurityNamespace.utility, "wsu:Id": bodyID])
        writer.markup(envelope.content)
        writer.close("soap:Body")
        return writer.bytes
    }

    private static func timestamp(created: XMLDateTime, lifetime: Int) -> [UInt8] {
        var writer = XMLWriter(capacity: 512)
        writer.open("wsu:Timestamp", ["xmlns:wsu": SecurityNamespace.utility, "wsu:Id": timestampID])
        writer.element("wsu:Created", text: created.text)
        writer.element("wsu:Expires", text: created.adding(seconds: Int64(lifetime)).text)
        writer.close("wsu:Timestamp")
        return writer.bytes
    }
}

extension SigningIdentity {
    /// The finished message; the signature is made wherever the signer keeps its key.
    public func finish(_ draft: EnvelopeDraft) async throws -> [UInt8] {
        draft.signed(value: try await signer.sign(draft.signedInfo, by: draft.algorithm))
    }

    /// Signs an envelope: digests on the calling thread, the signature wherever the signer keeps its key.
    public func sign(
        _ envelope: OutgoingEnvelope, style: SigningStyle = SigningStyle(), created: XMLDateTime, lifetime: Int = 300
    ) async throws -> (bytes: [UInt8], bodyDigest: Digest) {
        let draft = try EnvelopeDraft(envelope, identity: self, style: style, created: created, lifetime: lifetime)
        return (try await finish(draft), draft.bodyDigest)
    }
}
