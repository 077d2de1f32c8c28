internal import Foundation
internal import WSSecurity
internal import XML
internal import XMLSignature

extension AttackList {
    /// SignedInfo and what it asks for; none of it may be computed for a stranger.
    mutating func addSignatures() throws {
        let text = sample.text
        for uri in [
            "", "#", "Body", "#xpointer(//*)", "#xpointer(id('Body'))", "#b') | id('Body", "?x#Body", "#%42ody", "file:///etc/passwd",
            "http://127.0.0.1/",
            "cid:1",
        ] {
            refuse(
                "W13", "a Reference to '\(uri)'", "reference-not-allowed", text: try text.changing("URI=\"#Body\"", to: "URI=\"\(uri)\""))
        }
        let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">"
        for transform in [
            "http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2",
            "http://www.w3.org/TR/1999/REC-xslt-19991116",
            "http://www.w3.org/2000/09/xmldsig#base64", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            "http://schemas.openxmlformats.org/package/2006/RelationshipTransform",
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
        ] {
            refuse(
                "W14", "the transform \(transform)", "algorithm-not-allowed",
                text: try text.changing(exclusive, to: "<ds:Transform Algorithm=\"\(transform)\">"))
        }
        try addStructure()
        try addAlgorithms()
    }

    private mutating func addStructure() throws {
        let text = sample.text
        let (signature, signedInfo) = (try text.element("ds:Signature"), try text.element("ds:SignedInfo"))
        refuse("W17", "two Signatures", "signature-repeated", text: try text.changing(signature, to: signature + signature))
        refuse("W17", "two SignedInfo", "signature-malformed", text: try text.changing(signedInfo, to: signedInfo + signedInfo))
        refuse(
            "W17", "a Signature inside Body too", "digest-wrong",
            text: try text.changing("</soap:Body>", to: signature + "</soap:Body>"))
        for cut in ["<!-- x -->", "<![CDATA[]]>", "<x/>"] {
            for tag in ["ds:DigestValue", "ds:SignatureValue"] {
                refuse("W17", "\(cut) inside \(tag)", "signature-malformed", text: try text.changing("</\(tag)>", to: cut + "</\(tag)>"))
            }
        }
        for tag in ["ds:DigestMethod", "ds:SignatureMethod", "ds:CanonicalizationMethod", "ds:Transform"] {
            refuse("limits", "content hidden in \(tag)", "signature-malformed", text: try text.changing("</\(tag)>", to: "text</\(tag)>"))
        }
        let reference = try text.element("ds:Reference")
        let many = try (0..<70).map { try reference.changing("#Body", to: "#r\($0)") }.joined()
        refuse("limits", "70 References", "signature-limit", text: try text.changing(reference, to: reference + many))
        refuse("limits", "one Reference twice", "reference-repeated", text: try text.changing(reference, to: reference + reference))
        let transform = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>"
        refuse("limits", "three Transforms", "signature-limit", text: try text.changing(transform, to: transform + transform + transform))
        let prefixes = (0..<1000).map { "p\($0)" }.joined(separator: " ")
        let list = "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"\(prefixes)\"/>"
        refuse(
            "limits", "1000 prefixes", "signature-limit",
            text: try text.changing(transform, to: transform.replacingOccurrences(of: "></", with: ">\(list)</")))
        refuse(
            "integrity", "no Transforms, which means inclusive C14N", "signature-malformed",
            text: try text.changing("<ds:Transforms>\(transform)</ds:Transforms>", to: ""))
        refuse(
            "integrity", "another content under the signature", "digest-wrong", text: try text.changing(sample.body, to: sample.forgedBody))
        refuse("integrity", "no Signature", "signature-missing", text: try text.changing(signature, to: ""))
    }

    private mutating func addAlgorithms() throws {
        let text = sample.text
        let method = sample.identity.signer.kind.algorithm.rawValue
        for algorithm in [
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", "",
        ] {
            refuse(
                "algorithm", "the signature algorithm '\(algorithm)'", "algorithm-not-allowed",
                text: try text.changing("Algorithm=\"\(method)\"", to: "Algorithm=\"\(algorithm)\""))
        }
        let truncated = "<ds:SignatureMethod Algorithm=\"\(method)\"><ds:HMACOutputLength>1</ds:HMACOutputLength>"
        refuse(
            "algorithm", "HMACOutputLength", "signature-malformed",
            text: try text.changing("<ds:SignatureMethod Algorithm=\"\(method)\">", to: truncated))
        for digest in [
            "http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmldsig-more#md5",
            "http://www.w3.org/2001/04/xmlenc#ripemd160",
        ] {
            refuse(
                "algorithm", "the digest \(digest)", "algorithm-not-allowed",
                text: try text.changing("http://www.w3.org/2001/04/xmlenc#sha256", to: digest))
        }
        refuse(
            "algorithm", "SignedInfo canonicalized inclusively", "algorithm-not-allowed",
            text: try text.changing(
                "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
                to: "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\">"))
        refuse(
            "algorithm", "the canonicalization with comments", "algorithm-not-allowed",
            text: try text.changing(
                "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
                to: "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\">"))
        refuse(
            "integrity", "a SignatureValue of zeros", "signature-wrong",
            text: try sample.text.changing(
                text.element("ds:SignatureValue"), to: "<ds:SignatureValue>\(Base64.encode(zeros))</ds:SignatureValue>"))
        refuse(
            "integrity", "an empty SignatureValue", "signature-malformed",
            text: try sample.text.changing(text.element("ds:SignatureValue"), to: "<ds:SignatureValue/>"))
    }

    private var zeros: [UInt8] {
        switch sample.identity.signer.kind {
        case .rsa(let bits): [UInt8](repeating: 0, count: bits / 8)
        case .ec(.p256): [UInt8](repeating: 0, count: 64)
        case .ec(.p384): [UInt8](repeating: 0, count: 96)
        case .ec(.p521): [UInt8](repeating: 0, count: 132)
        }
    }

    /// What a partner's own key could sign, by mistake or by malice.
    mutating func addResigned() async throws {
        let text = sample.text
        let body = try text.element("ds:Reference")
        let timestamp = try body.changing("#Body", to: "#Timestamp").changing(digest(in: body), to: digest(in: reference("Timestamp")))
        refuse("coverage", "only the Timestamp signed", "part-not-signed", text: try await sample.resigned(text.changing(body, to: "")))
        refuse("coverage", "only the Body signed", "part-not-signed", text: try await sample.resigned(text.changing(timestamp, to: "")))
        refuse(
            "coverage", "a Reference to nothing", "reference-not-found",
            text: try await sample.resigned(text.changing("URI=\"#Body\"", to: "URI=\"#Nothing\"")))
        refuse(
            "coverage", "the Envelope signed, in which the Signature lies", "signature-malformed",
            text: try await sample.resigned(
                text.changing("<soap:Envelope ", to: "<soap:Envelope Id=\"All\" ").changing("URI=\"#Body\"", to: "URI=\"#All\"")))
        refuse(
            "coverage", "a digest that is not the Body's", "digest-wrong",
            text: try await sample.resigned(text.changing(digest(in: body), to: Base64.encode([UInt8](repeating: 7, count: 32)))))
        refuse(
            "coverage", "a digest cut short", "digest-wrong", text: try await sample.resigned(text.changing(digest(in: body), to: "AAAA")))
    }

    private func digest(in reference: String) throws -> String {
        let element = try reference.element("ds:DigestValue")
        return String(element.dropFirst("<ds:DigestValue>".count).dropLast("</ds:DigestValue>".count))
    }

    private func reference(_ id: String) throws -> String {
        let start = try sample.text.range(of: "<ds:Reference URI=\"#\(id)\">").map(\.lowerBound) ?? { throw MissingText(id) }()
        return try String(sample.text[start...]).element("ds:Reference")
    }
}
