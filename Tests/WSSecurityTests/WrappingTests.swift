import SOAP
import Support
import Testing
import WSSecurity
import XML

/// XML signature wrapping: each variant from a message that verifies, each must be refused, and by which rule.
struct WrappingTests {
    private func parts() async throws -> (text: String, body: String, forged: String, security: String) {
        let text = try await SignedEnvelopes.make()
        let body = try text.element("soap:Body")
        let forged = try body.changing("812.500", to: "999.999")
        return (text, body, forged, try text.element("wsse:Security"))
    }

    @Test func `W1: the signed Body under Header, another in its place`() async throws {
        let (text, body, forged, _) = try await parts()
        for replacement in [
            try forged.changing(" wsu:Id=\"Body\"", to: ""), try forged.changing("wsu:Id=\"Body\"", to: "wsu:Id=\"Other\""),
        ] {
            let moved = try text.changing(body, to: replacement).changing(
                "</soap:Header>", to: "<w:Wrapper xmlns:w=\"u:w\">\(body)</w:Wrapper></soap:Header>")
            #expect(SignedEnvelopes.refusal(moved) == "part-not-signed")
        }
    }

    @Test func `W2 and W3: the same id on both`() async throws {
        let (text, body, forged, _) = try await parts()
        let header = "<w:Wrapper xmlns:w=\"u:w\">\(body)</w:Wrapper></soap:Header>"
        #expect(SignedEnvelopes.refusal(try text.changing(body, to: forged).changing("</soap:Header>", to: header)) == "duplicate-id")
        let plain = try forged.changing("wsu:Id=\"Body\"", to: "Id=\"Body\"")
        #expect(SignedEnvelopes.refusal(try text.changing(body, to: plain).changing("</soap:Header>", to: header)) == "duplicate-id")
        let xml = try forged.changing("wsu:Id=\"Body\"", to: "xml:id=\"Body\"")
        #expect(SignedEnvelopes.refusal(try text.changing(body, to: xml).changing("</soap:Header>", to: header)) == "duplicate-id")
    }

    @Test func `W4 to W6: the original in Security, in Object, in KeyInfo`() async throws {
        let (text, body, forged, _) = try await parts()
        let anonymous = try text.changing(body, to: forged.changing(" wsu:Id=\"Body\"", to: ""))
        #expect(
            SignedEnvelopes.refusal(try anonymous.changing("</wsse:Security>", to: body + "</wsse:Security>")) == "security-header-content")
        let object = try anonymous.changing("</ds:Signature>", to: "<ds:Object>\(body)</ds:Object></ds:Signature>")
        #expect(SignedEnvelopes.refusal(object) == "signature-malformed")
        #expect(SignedEnvelopes.refusal(try anonymous.changing("</ds:KeyInfo>", to: body + "</ds:KeyInfo>")) == "token-reference")
        let reference = try anonymous.changing("</wsse:SecurityTokenReference>", to: body + "</wsse:SecurityTokenReference>")
        #expect(SignedEnvelopes.refusal(reference) == "token-reference")
    }

    @Test func `W7: the whole original nested in a header or in Body`() async throws {
        let (text, body, forged, _) = try await parts()
        let anonymous = try forged.changing(" wsu:Id=\"Body\"", to: "")
        let outer =
            "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\" "
            + "xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\">"
        let inHeader = outer + "<soap:Header><w:W xmlns:w=\"u:w\">\(text)</w:W></soap:Header>\(anonymous)</soap:Envelope>"
        #expect(SignedEnvelopes.refusal(inHeader) == "security-header-missing")
        let inBody =
            outer + "<soap:Header>\(try text.element("wsse:Security"))</soap:Header><soap:Body><x/>\(body)</soap:Body></soap:Envelope>"
        #expect(SignedEnvelopes.refusal(inBody) == "part-not-signed")
    }

    @Test func `W8: two Bodies, an element behind Body`() async throws {
        let (text, body, forged, _) = try await parts()
        let anonymous = try forged.changing(" wsu:Id=\"Body\"", to: "")
        for sequence in [body + anonymous, anonymous + body, body + "<x/>"] {
            #expect(throws: SOAPError.self) { try Envelopes.read(try text.changing(body, to: sequence)) }
        }
    }

    @Test func `W9: the signed Timestamp moved, two Timestamps`() async throws {
        let text = try await SignedEnvelopes.make(created: TestIdentity.now.adding(seconds: -3600))
        let old = try text.element("wsu:Timestamp")
        let fresh = try old.element("wsu:Timestamp").changing("09:00:00.000Z", to: "10:00:00.000Z").changing(
            " wsu:Id=\"Timestamp\"", to: "")
        let moved = try text.changing(old, to: fresh).changing("</soap:Header>", to: "<w:W xmlns:w=\"u:w\">\(old)</w:W></soap:Header>")
        #expect(SignedEnvelopes.refusal(moved) == "part-not-signed")
        #expect(SignedEnvelopes.refusal(try text.changing(old, to: old + fresh)) == "timestamp-malformed")
        #expect(SignedEnvelopes.refusal(try text.changing(old, to: "")) == "timestamp-missing")
    }

    @Test func `W10: two Security headers`() async throws {
        let (text, _, _, security) = try await parts()
        let empty = "<wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"/>"
        for header in [empty, empty.replacing("/>", with: " soap:role=\"http://www.w3.org/2003/05/soap-envelope/role/next\"/>")] {
            #expect(SignedEnvelopes.refusal(try text.changing(security, to: header + security)) == "security-header-repeated")
        }
        let forSomebodyElse = empty.replacing("/>", with: " soap:role=\"urn:somebody\"/>")
        #expect(SignedEnvelopes.refusal(try text.changing(security, to: forSomebodyElse + security)) == nil)
    }

    @Test func `W12: names are compared with their namespaces`() async throws {
        let (text, _, _, _) = try await parts()
        let other = "http://docs.oasis-open.org/wss/2004/01/another.xsd"
        let utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
        #expect(SignedEnvelopes.refusal(try text.changing(utility, to: other)) != nil)
        #expect(SignedEnvelopes.refusal(try text.changing("xmlns:m=\"u:m\"", to: "xmlns:m=\"u:n\"")) == "digest-wrong")
    }

    @Test(arguments: [
        "", "#", "Body", "#xpointer(//*)", "#xpointer(id('Body'))", "#b') | id('Body", "?x#Body", "#%42ody", "file:///etc/passwd",
        "http://x/", "cid:1",
    ])
    func `W13: only an id of the message is a Reference`(_ uri: String) async throws {
        let (text, _, _, _) = try await parts()
        #expect(SignedEnvelopes.refusal(try text.changing("URI=\"#Body\"", to: "URI=\"\(uri)\"")) == "reference-not-allowed")
    }

    @Test(arguments: [
        "http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2000/09/xmldsig#base64", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
    ])
    func `W14: only exclusive C14N transforms`(_ transform: String) async throws {
        let (text, _, _, _) = try await parts()
        let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">"
        #expect(
            SignedEnvelopes.refusal(try text.changing(exclusive, to: "<ds:Transform Algorithm=\"\(transform)\">"))
                == "algorithm-not-allowed")
    }

    @Test func `W16: another token than the one used`() async throws {
        let (text, _, _, _) = try await parts()
        let other = try await SignedEnvelopes.make(TestIdentity.stranger).element("wsse:BinarySecurityToken")
        #expect(SignedEnvelopes.refusal(try text.changing(text.element("wsse:BinarySecurityToken"), to: other)) == "signer-unknown")
        let partner = try await SignedEnvelopes.make(TestIdentity.p256).element("wsse:BinarySecurityToken")
        #expect(SignedEnvelopes.refusal(try text.changing(text.element("wsse:BinarySecurityToken"), to: partner)) == "key-does-not-fit")
    }

    @Test func `W17: a second Signature, a second SignedInfo, cut values`() async throws {
        let (text, _, _, _) = try await parts()
        let signature = try text.element("ds:Signature")
        #expect(SignedEnvelopes.refusal(try text.changing(signature, to: signature + signature)) == "signature-repeated")
        let signedInfo = try text.element("ds:SignedInfo")
        #expect(SignedEnvelopes.refusal(try text.changing(signedInfo, to: signedInfo + signedInfo)) == "signature-malformed")
        for cut in ["<!-- x -->", "<![CDATA[]]>", "<x/>"] {
            for tag in ["ds:DigestValue", "ds:SignatureValue"] {
                #expect(SignedEnvelopes.refusal(try text.changing("</\(tag)>", to: cut + "</\(tag)>")) == "signature-malformed")
            }
        }
    }

    @Test func `W18: no Security header, none for us`() async throws {
        let (text, _, _, security) = try await parts()
        #expect(SignedEnvelopes.refusal(try text.changing(security, to: "")) == "security-header-missing")
        let other = try text.changing("soap:mustUnderstand=\"1\"", to: "soap:role=\"urn:somebody\"")
        #expect(SignedEnvelopes.refusal(other) == "security-header-missing")
    }

    /// SignedInfo is canonicalized before its signature is known to be good, so nothing may hide in it.
    @Test func `nothing but what is read may stand in SignedInfo`() async throws {
        let (text, _, _, _) = try await parts()
        for tag in ["ds:DigestMethod", "ds:SignatureMethod", "ds:CanonicalizationMethod", "ds:Transform"] {
            for content in ["<x/>", "text", "<![CDATA[ ]]>"] {
                let changed = try text.changing("</\(tag)>", to: content + "</\(tag)>")
                #expect(SignedEnvelopes.refusal(changed) == "signature-malformed", "\(tag) with \(content)")
            }
        }
    }

    @Test func `more References than one message needs are refused before any is computed`() async throws {
        let (text, _, _, _) = try await parts()
        let reference = try text.element("ds:Reference")
        for (count, limit) in [(16, nil), (17, "signature-limit"), (65, "signature-limit")] {
            let others = try (0..<(count - 2)).map { try reference.changing("URI=\"#Body\"", to: "URI=\"#other-\($0)\"") }
            let refusal = SignedEnvelopes.refusal(try text.changing(reference, to: reference + others.joined()))
            #expect(refusal == limit ?? "signature-wrong")
        }
        #expect(SignedEnvelopes.refusal(try text.changing(reference, to: reference + reference)) == "reference-repeated")
        let transform = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>"
        #expect(SignedEnvelopes.refusal(try text.changing(transform, to: transform + transform + transform)) == "signature-limit")
    }
}

enum Envelopes {
    static func read(_ text: String) throws -> Envelope { try Envelope(reading: XMLDocument(parsing: Array(text.utf8))) }
}
