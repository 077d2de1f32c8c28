internal import Foundation
public import SOAP

/// Documents that attack the parser; nobody signed them.
extension AttackList {
    mutating func addDocuments() {
        let envelope = "<soap:Envelope xmlns:soap=\"\(sample.shape.version.namespace)\">"
        func body(_ content: String) -> String { "\(envelope)<soap:Body>\(content)</soap:Body></soap:Envelope>" }
        refuse("XXE", "an external entity", "doctype", text: "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + body("&e;"))
        refuse("XXE", "an external DTD", "doctype", text: "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">" + sample.text)
        refuse("XXE", "default attributes by DTD", "doctype", text: "<!DOCTYPE x [<!ATTLIST x a CDATA 'b'>]>" + sample.text)
        let bomb = (1..<10).map { "<!ENTITY e\($0) \"&e\($0 - 1);&e\($0 - 1);\">" }.joined()
        refuse("XXE", "an entity bomb", "doctype", text: "<!DOCTYPE x [<!ENTITY e0 \"ha\">\(bomb)]>" + body("&e9;"))
        let utf16 = Array("\u{FEFF}<!DOCTYPE x>\(sample.text)".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        add("XXE", "a DOCTYPE in UTF-16", .refused(["doctype"]), bytes: utf16)
        refuse(
            "XXE", "an XInclude is only an element", "security-header-missing",
            text: body("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/>"))
        refuse(
            "XXE", "a processing instruction", "processing-instruction",
            text: "<?xml-stylesheet href=\"http://127.0.0.1:9/\"?>" + sample.text)
        for flood in Flood.allCases {
            add(
                "flood", "\(flood.rawValue), 100 kB", .refused(flood.codes),
                bytes: flood.document(version: sample.shape.version, bytes: 100_000))
        }
        refuse("document", "nothing", "empty-message", "not-well-formed", text: "")
        refuse("document", "JSON", "not-well-formed", text: "{\"a\": 1}")
        refuse("document", "half a message", "not-well-formed", text: String(sample.text.prefix(sample.text.count / 2)))
        refuse("document", "no envelope", "not-soap", text: "<a/>")
        refuse(
            "document", "an envelope of no version", "soap-version",
            text: "<soap:Envelope xmlns:soap=\"urn:x\"><soap:Body/></soap:Envelope>")
        refuse("document", "a relative namespace", "relative-namespace", text: body("<a xmlns=\"relative\"/>"))
        refuse("document", "an encoding that lies", "encoding", text: "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + sample.text)
        add(
            "document", "bytes that are no UTF-8", .refused(["encoding", "not-well-formed"]),
            bytes: Array(body("<a>").utf8) + [0xC3, 0x28] + Array("</a>".utf8))
    }
}

/// Documents whose cost could grow faster than their size, of any size.
public enum Flood: String, CaseIterable, Sendable {
    case attributes, namespaces, depth, elements, comments, sections, references, ids, entities
    case longAttribute = "a long attribute"
    case namespacesInScope = "namespaces in scope"
    case securityHeaders = "security headers"
    case tokens = "tokens"
    case longToken = "a long token"
    case prefixes = "prefixes"
    case longText = "a long text"
    case textNodes = "text nodes in a digest"
    case distinctNames = "distinct names"

    public func document(version: SOAPVersion, bytes: Int) -> [UInt8] {
        let namespace = version.namespace
        let utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
        func body(_ content: String) -> String {
            "<soap:Envelope xmlns:soap=\"\(namespace)\"><soap:Body>\(content)</soap:Body></soap:Envelope>"
        }
        func security(_ content: String) -> String {
            "<soap:Envelope xmlns:soap=\"\(namespace)\"><soap:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" "
                + "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:wsu=\"\(utility)\">\(content)</wsse:Security></soap:Header><soap:Body/></soap:Envelope>"
        }
        func signature(_ references: String, keyInfo: String = "") -> String {
            security(
                "<wsu:Timestamp/><ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
                    + "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\(references)</ds:SignedInfo>"
                    + "<ds:SignatureValue>AAAA</ds:SignatureValue>\(keyInfo)</ds:Signature>")
        }
        func reference(_ id: String, prefixes: String = "") -> String {
            "<ds:Reference URI=\"#\(id)\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">\(prefixes)</ds:Transform></ds:Transforms>"
                + "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>"
        }
        /// Repeats until the size is reached.
        func fill(_ piece: (Int) -> String) -> String {
            var text = ""
            var index = 0
            while text.utf8.count < bytes {
                text += piece(index)
                index += 1
            }
            return text
        }
        let text =
            switch self {
            case .attributes: body("<a \(fill { "a\($0)='1' " })/>")
            case .namespaces: body("<a \(fill { "xmlns:n\($0)='u:\($0)' " })/>")
            case .depth: body(String(repeating: "<a>", count: bytes / 7) + String(repeating: "</a>", count: bytes / 7))
            case .elements: body(fill { _ in "<a/>" })
            case .comments: body(fill { _ in "<!-- -->" })
            case .sections: body(fill { _ in "<![CDATA[x]]>" })
            case .references: signature(fill { reference("r\($0)") })
            case .ids: body(fill { "<a Id='i\($0)'/>" })
            case .entities: body("<a>\(fill { _ in "&amp;" })</a>")
            case .longAttribute: body("<a b='\(String(repeating: "&lt;", count: bytes / 4))'/>")
            case .namespacesInScope:
                body(
                    String(repeating: "<a xmlns:n='u:n'>", count: 50) + fill { "<b xmlns:n\($0)='u:\($0)'/>" }
                        + String(repeating: "</a>", count: 50))
            case .securityHeaders:
                "<soap:Envelope xmlns:soap=\"\(namespace)\"><soap:Header xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">"
                    + "\(fill { _ in "<wsse:Security/>" })</soap:Header><soap:Body/></soap:Envelope>"
            case .tokens: security(fill { "<wsse:BinarySecurityToken wsu:Id='t\($0)'>AAAA</wsse:BinarySecurityToken>" })
            case .longToken:
                signature(
                    reference("a"),
                    keyInfo:
                        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>\(String(repeating: "A", count: bytes))</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
                )
            case .prefixes:
                signature(
                    reference(
                        "a",
                        prefixes:
                            "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"\(fill { "p\($0) " })\"/>"
                    ))
            case .longText: body("<a>\(String(repeating: "x", count: bytes))</a>")
            case .textNodes:
                signature(
                    "<ds:Reference URI=\"#a\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>\(fill { _ in "A<!---->" })</ds:DigestValue></ds:Reference>"
                )
            case .distinctNames: body(fill { "<a\($0)/>" })
            }
        return Array(text.utf8)
    }

    /// By what it is refused, as small as here.
    var codes: Set<String> {
        switch self {
        case .attributes, .namespaces, .depth, .longAttribute, .prefixes, .distinctNames, .namespacesInScope: ["xml-limit"]
        case .references: ["signature-limit"]
        case .longToken: ["token-reference"]
        case .securityHeaders: ["security-header-repeated"]
        case .tokens: ["signature-missing"]
        case .textNodes: ["signature-malformed"]
        case .elements, .comments, .sections, .ids, .entities, .longText: ["security-header-missing"]
        }
    }
}
