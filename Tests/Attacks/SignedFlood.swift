internal import Foundation
internal import SOAP
public import Trust
internal import WSSecurity
public import XML
internal import XMLSignature

/// Messages that are signed as they should be and cost as much as the limits let them: what a known partner could do.
public enum SignedFlood: String, CaseIterable, Sendable {
    case elements, attributes, entities, comments, sections
    case longNamespaces = "a namespace of 500 bytes come into use again and again"
    case emptyNamespaces = "namespaces on every element"
    case prefixes = "32 prefixes over 90 namespaces in scope"
    case nestedReferences = "16 References to nested parts"
    case nestedPrefixes = "16 nested References with 32 prefixes"

    public func document(bytes: Int, identity: SigningIdentity, created: XMLDateTime) async throws -> [UInt8] {
        func fill(_ piece: (Int) -> String) -> String {
            var text = ""
            var index = 0
            while text.utf8.count < bytes {
                text += piece(index)
                index += 1
            }
            return text
        }
        let namespaces = (0..<30).map { " xmlns:p\($0)=\"urn:p:\($0)\"" }.joined()
        let more = (30..<60).map { " xmlns:p\($0)=\"urn:p:\($0)\"" }.joined()
        let most = (60..<88).map { " xmlns:p\($0)=\"urn:p:\($0)\"" }.joined()
        let prefixes = (0..<32).map { "p\($0)" }
        func scoped(_ content: String) -> String { "<a\(namespaces)><b\(more)><c\(most)>\(content)</c></b></a>" }
        func nested(_ content: String) -> (String, [String]) {
            let ids = (0..<14).map { "n\($0)" }
            return (ids.map { "<n wsu:Id=\"\($0)\">" }.joined() + content + String(repeating: "</n>", count: 14), ids)
        }
        switch self {
        case .elements: return try await sign("<x>\(fill { _ in "<elem/>" })</x>", [], [], identity, created)
        case .attributes:
            return try await sign("<x>\(fill { _ in "<a \((0..<47).map { "a\($0)='' " }.joined())/>" })</x>", [], [], identity, created)
        case .entities: return try await sign("<x>\(fill { _ in "&#38;" })</x>", [], [], identity, created)
        case .comments: return try await sign("<x>\(fill { _ in "<!---->" })</x>", [], [], identity, created)
        case .sections: return try await sign("<x>\(fill { _ in "<![CDATA[<]]>" })</x>", [], [], identity, created)
        case .emptyNamespaces: return try await sign("<x>\(fill { "<n:a xmlns:n='u:\($0 % 100)'/>" })</x>", [], [], identity, created)
        case .longNamespaces:
            let uri = "urn:" + String(repeating: "x", count: 490)
            return try await sign("<x xmlns:n=\"\(uri)\">\(fill { _ in "<n:a/>" })</x>", [], [], identity, created)
        case .prefixes: return try await sign(scoped(fill { _ in "<elem/>" }), [], prefixes, identity, created)
        case .nestedReferences:
            let (content, ids) = nested(fill { _ in "<elem/>" })
            return try await sign(content, ids, [], identity, created)
        case .nestedPrefixes:
            let (content, ids) = nested(scoped(fill { _ in "<elem/>" }))
            return try await sign(content, ids, prefixes, identity, created)
        }
    }

    private func sign(
        _ content: String, _ ids: [String], _ prefixes: [String], _ identity: SigningIdentity, _ created: XMLDateTime
    ) async throws -> [UInt8] {
        let list =
            "<ec:InclusiveNamespaces xmlns:ec=\"\(SignatureNamespace.exclusive)\" PrefixList=\"\(prefixes.joined(separator: " "))\"/>"
        let method = "Algorithm=\"\(SignatureNamespace.exclusive)\"" + (prefixes.isEmpty ? "/>" : ">\(list)</ds:Transform>")
        func envelope(_ digests: [String: String]) -> String {
            let references = (["Body", "Timestamp"] + ids).map { id in
                "<ds:Reference URI=\"#\(id)\"><ds:Transforms><ds:Transform \(method)</ds:Transforms>"
                    + "<ds:DigestMethod Algorithm=\"\(DigestAlgorithm.sha256.rawValue)\"/><ds:DigestValue>\(digests[id] ?? "AAAA")</ds:DigestValue></ds:Reference>"
            }.joined()
            return """
                <soap:Envelope xmlns:soap="\(SOAPVersion.v12.namespace)" xmlns:wsu="\(SecurityNamespace.utility)"><soap:Header>\
                <wsse:Security xmlns:wsse="\(SecurityNamespace.extension1)" xmlns:ds="\(SignatureNamespace.signature)">\
                <wsu:Timestamp wsu:Id="Timestamp"><wsu:Created>\(created.text)</wsu:Created></wsu:Timestamp><ds:Signature><ds:SignedInfo>\
                <ds:CanonicalizationMethod Algorithm="\(SignatureNamespace.exclusive)"/>\
                <ds:SignatureMethod Algorithm="\(identity.signer.kind.algorithm.rawValue)"/>\(references)</ds:SignedInfo>\
                <ds:SignatureValue>AAAA</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\(Base64.encode(identity.certificate.der))\
                </ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></wsse:Security></soap:Header>\
                <soap:Body wsu:Id="Body">\(content)</soap:Body></soap:Envelope>
                """
        }
        let document = try XMLDocument(parsing: Array(envelope([:]).utf8))
        let most = 256 * 1024 * 1024
        let table = try IDTable(document, names: SecurityNamespace.idNames)
        var digests: [String: String] = [:]
        for id in ["Body", "Timestamp"] + ids {
            guard let element = table[id] else { throw MissingText(id) }
            digests[id] = Digest(of: try element.canonicalized(Canonicalization(inclusivePrefixes: prefixes), atMost: most)).base64
        }
        let text = envelope(digests)
        let value = try await identity.signer.sign(SignedSample.signedInfo(of: text), by: identity.signer.kind.algorithm)
        return Array(try text.changing("<ds:SignatureValue>AAAA", to: "<ds:SignatureValue>\(Base64.encode(value))").utf8)
    }
}
