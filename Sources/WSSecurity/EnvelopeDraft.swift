public import SOAP
public import Trust
public import XML
public import XMLSignature

/// An envelope of ours with everything but the value of its signature.
///
/// Where its receiver's style says nothing else, the layout is the one that all clients of partners read: WS-Addressing headers
/// first, Security last in Header, in it token, Timestamp, and Signature last. Each signed part is written in its exclusive
/// canonical form, with every namespace that it uses declared on it, so that the bytes sent are the bytes digested.
public struct EnvelopeDraft: Sendable {
    /// The digest of Body as its Reference has it: what a partner's Receipt must give back.
    public let bodyDigest: Digest
    public let algorithm: SignatureAlgorithm

    /// The message in two pieces, between which the Signature goes.
    private let head: [UInt8]
    private let tail: [UInt8]
    private let signature: SignatureDraft
    private let contentCount: Int

    private static let end = Array("</soap:Body></soap:Envelope>".utf8)

    /// - Parameters:
    ///   - created: the moment of signing.
    ///   - confirming: the values of the signatures of the request that this answers, for its SignatureConfirmation; `nil` sends none.
    /// - Throws: where the content of Body, written freely, is not well-formed.
    public init(
        _ envelope: OutgoingEnvelope, identity: SigningIdentity, style: SigningStyle = SigningStyle(), created: XMLDateTime,
        confirming: [[UInt8]]? = nil
    ) throws(SecurityRefusal) {
        algorithm = style.algorithm ?? identity.signer.kind.algorithm
        let token = TokenMarkup(identity.certificate, style: style.token)
        let timestamp = style.order.contains(.timestamp) ? TimestampMarkup(style, created: created).bytes : []
        let confirmations = (confirming ?? []).enumerated().map { ConfirmationMarkup($1, index: $0) }
        let headers = envelope.addressing.enumerated().map { EnvelopeDraft.header($1, index: $0) }
        let body = EnvelopeDraft.body(envelope)
        bodyDigest = try EnvelopeDraft.digest(style.digest, of: body, form: envelope.form)

        var parts = SignedParts(style, body: bodyDigest)
        parts.add(timestamp, id: TimestampMarkup.id, as: .timestamp)
        for confirmation in confirmations { parts.add(confirmation.bytes, id: confirmation.id, as: nil) }
        for (index, header) in headers.enumerated() { parts.add(header, id: EnvelopeDraft.headerID(index), as: .addressing) }
        parts.add(token.token, id: TokenMarkup.id, as: .token)
        signature = SignatureDraft(parts: parts.list, algorithm: algorithm, keyInfo: token.keyInfo)

        var writer = XMLWriter(capacity: 4096)
        writer.open("soap:Envelope", ["xmlns:soap": envelope.version.namespace])
        writer.open("soap:Header")
        if style.place == .last { for header in headers { writer.markup(header) } }
        if style.mustUnderstand {
            writer.open("wsse:Security", ["xmlns:wsse": SecurityNamespace.extension1, "soap:mustUnderstand": "1"])
        } else {
            writer.open("wsse:Security", ["xmlns:wsse": SecurityNamespace.extension1])
        }
        var head: [UInt8] = []
        for child in style.order {
            switch child {
            case .token: writer.markup(token.token)
            case .timestamp:
                writer.markup(timestamp)
                for confirmation in confirmations { writer.markup(confirmation.bytes) }
            case .signature:
                if !style.order.contains(.timestamp) { for confirmation in confirmations { writer.markup(confirmation.bytes) } }
                head = writer.bytes
                writer = XMLWriter(capacity: body.count + 4096)
            }
        }
        writer.close("wsse:Security")
        if style.place == .first { for header in headers { writer.markup(header) } }
        writer.close("soap:Header")
        writer.markup(body)
        writer.close("soap:Envelope")
        self.head = head
        tail = writer.bytes
        contentCount = envelope.content.count
    }

    /// The bytes that the signer signs.
    public var signedInfo: [UInt8] { signature.signedInfo }

    /// The finished message.
    public func signed(value: [UInt8]) -> SignedEnvelope {
        let bytes = head + signature.signature(value: value) + tail
        let end = bytes.count - EnvelopeDraft.end.count
        return SignedEnvelope(bytes: bytes, content: end - contentCount..<end, signatureValue: value, bodyDigest: bodyDigest)
    }

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
            "soap:Body",
            ["xmlns:soap": envelope.version.namespace, "xmlns:wsu": SecurityNamespace.utility, "wsu:Id": SignedParts.bodyID])
        writer.markup(envelope.content)
        writer.close("soap:Body")
        return writer.bytes
    }
}

/// What the Signature covers, in the order of its References.
private struct SignedParts {
    private(set) var list: [(id: String, digest: Digest)]
    private let style: SigningStyle

    static let bodyID = "Body"

    init(_ style: SigningStyle, body: Digest) {
        self.style = style
        list = [(id: SignedParts.bodyID, digest: body)]
    }

    /// - Parameter part: `nil` is signed in every style.
    mutating func add(_ markup: [UInt8], id: String, as part: SigningStyle.Part?) {
        guard !markup.isEmpty, part.map(style.parts.contains) ?? true else { return }
        list.append((id: id, digest: Digest(style.digest, of: markup)))
    }
}

/// WSS 1.1, section 10.
private struct TimestampMarkup {
    let bytes: [UInt8]

    static let id = "Timestamp"

    init(_ style: SigningStyle, created: XMLDateTime) {
        let expires = created.adding(seconds: Int64(style.lifetime))
        var writer = XMLWriter(capacity: 512)
        writer.open("wsu:Timestamp", ["xmlns:wsu": SecurityNamespace.utility, "wsu:Id": TimestampMarkup.id])
        writer.element("wsu:Created", text: created.text(fractionDigits: style.fractionDigits))
        writer.element("wsu:Expires", text: expires.text(fractionDigits: style.fractionDigits))
        writer.close("wsu:Timestamp")
        bytes = writer.bytes
    }
}

/// WSS 1.1, section 8.5: an answer that repeats the value of the request's signature was made for that request.
private struct ConfirmationMarkup {
    let id: String
    let bytes: [UInt8]

    init(_ value: [UInt8], index: Int) {
        id = "Confirmation-\(index + 1)"
        var writer = XMLWriter(capacity: 1024)
        writer.element(
            "wsse11:SignatureConfirmation",
            [
                "xmlns:wsse11": SecurityNamespace.extension11, "xmlns:wsu": SecurityNamespace.utility, "Value": Base64.encode(value),
                "wsu:Id": id,
            ], text: "")
        bytes = writer.bytes
    }
}

/// A finished message.
public struct SignedEnvelope: Sendable {
    public let bytes: [UInt8]
    /// Where Body's child stands in them.
    public let content: Range<Int>
    public let signatureValue: [UInt8]
    /// What a partner's Receipt must give back.
    public let bodyDigest: Digest
}

extension SigningIdentity {
    /// The finished message; the signature is made wherever the signer keeps its key.
    public func finish(_ draft: EnvelopeDraft) async throws -> SignedEnvelope {
        draft.signed(value: try await signer.sign(draft.signedInfo, by: draft.algorithm))
    }

    /// Signs an envelope: digests on the calling thread, the signature wherever the signer keeps its key.
    public func sign(
        _ envelope: OutgoingEnvelope, style: SigningStyle = SigningStyle(), created: XMLDateTime
    ) async throws -> SignedEnvelope {
        try await finish(EnvelopeDraft(envelope, identity: self, style: style, created: created))
    }
}
