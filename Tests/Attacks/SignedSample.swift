internal import Foundation
internal import SOAP
public import Trust
internal import WSSecurity
public import XML
internal import XMLSignature

/// A message that verifies, in one shape, with the parts that attacks move about.
public struct SignedSample: Sendable {
    public let shape: Shape
    public let text: String
    /// The signed Body.
    let body: String
    /// A Body with other content and the same id.
    let forgedBody: String
    /// The same without an id.
    let anonymousBody: String
    let security: String
    let identity: SigningIdentity
    let created: XMLDateTime

    /// - Parameters:
    ///   - content: the child of Body, canonical.
    ///   - forged: what an attacker would rather have read.
    ///   - address: of the endpoint, for To.
    public init(
        _ identity: SigningIdentity, shape: Shape, content: [UInt8], forged: [UInt8], address: String, action: String, created: XMLDateTime,
        lifetime: Int = 300
    ) async throws {
        let addressing =
            shape.addressing == .with
            ? OutgoingEnvelope.requestAddressing(to: address, action: action, messageID: "urn:uuid:6f1a3c1e-5b7d-8e2f-9a8b-7c6d5e4f3a2b")
            : []
        func signed(_ content: [UInt8]) async throws -> String {
            let envelope = OutgoingEnvelope(version: shape.version, addressing: addressing, content: content, form: .canonical)
            let style = SigningStyle(token: shape.token, lifetime: lifetime)
            return String(
                decoding: try await identity.sign(envelope, style: style, created: created).bytes, as: UTF8.self)
        }
        self.shape = shape
        self.identity = identity
        self.created = created
        text = try await signed(content)
        body = try text.element("soap:Body")
        forgedBody = try await signed(forged).element("soap:Body")
        anonymousBody = try forgedBody.changing(" wsu:Id=\"Body\"", to: "")
        security = try text.element("wsse:Security")
    }

    /// The message signed anew after its SignedInfo was changed: what a partner's key can do.
    func resigned(_ text: String, by algorithm: SignatureAlgorithm? = nil) async throws -> String {
        let canonical = try SignedSample.signedInfo(of: text)
        let value = try await identity.signer.sign(canonical, by: algorithm ?? identity.signer.kind.algorithm)
        let old = try text.element("ds:SignatureValue")
        return try text.changing(old, to: "<ds:SignatureValue>\(Base64.encode(value))</ds:SignatureValue>")
    }

    static func signedInfo(of text: String) throws -> [UInt8] {
        let document = try XMLDocument(parsing: Array(text.utf8))
        func find(_ element: XMLElement) -> XMLElement? {
            if element.has(.signature("SignedInfo")) { return element }
            return element.children.lazy.compactMap(find).first
        }
        guard let found = find(document.root) else { throw MissingText("ds:SignedInfo") }
        return try found.canonicalized()
    }
}

/// A generator looked for something that the message does not have; an attack that changes nothing would prove nothing.
public struct MissingText: Error, CustomStringConvertible {
    public let description: String
    init(_ text: String) { description = "the message has no '\(text)'" }
}

extension String {
    /// The text of the first element with this tag, to its end tag.
    func element(_ tag: String) throws -> String {
        guard let start = range(of: "<\(tag)"), let end = range(of: "</\(tag)>", range: start.lowerBound..<endIndex) else {
            throw MissingText("<\(tag)")
        }
        return String(self[start.lowerBound..<end.upperBound])
    }

    func changing(_ text: String, to other: String) throws -> String {
        guard contains(text) else { throw MissingText(text) }
        return replacingOccurrences(of: text, with: other)
    }

    func changingFirst(_ text: String, to other: String) throws -> String {
        guard let found = range(of: text) else { throw MissingText(text) }
        return replacingCharacters(in: found, with: other)
    }
}
