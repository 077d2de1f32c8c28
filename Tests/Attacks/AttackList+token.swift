internal import Foundation
internal import WSSecurity
internal import XML

extension AttackList {
    /// What KeyInfo says: it may only name a certificate that is registered.
    mutating func addTokens() throws {
        let text = sample.text
        let keyInfo = try text.element("ds:KeyInfo")
        let modulus = Base64.encode([UInt8](repeating: 0xC5, count: 256))
        for (title, content) in [
            (
                "a bare key",
                "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>\(modulus)</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
            ),
            ("a RetrievalMethod to a URL", "<ds:RetrievalMethod URI=\"http://127.0.0.1:9/key\"/>"),
            ("a name only", "<ds:KeyName>partner</ds:KeyName>"),
            ("a KeyInfoReference", "<dsig11:KeyInfoReference xmlns:dsig11=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#X509\"/>"),
            ("a token at a URL", reference("<wsse:Reference URI=\"http://127.0.0.1:9/token\"/>")), ("nothing", ""),
            ("a Reference to Body", reference("<wsse:Reference URI=\"#Body\"/>")), ("an embedded token", reference("<wsse:Embedded/>")),
            ("two names", reference("<wsse:KeyIdentifier/><wsse:KeyIdentifier/>")),
            ("a KeyIdentifier of no known type", reference("<wsse:KeyIdentifier ValueType=\"urn:x\">AAAA</wsse:KeyIdentifier>")),
            ("an X509Data without a name", reference("<ds:X509Data><ds:X509CRL>AAAA</ds:X509CRL></ds:X509Data>")),
        ] {
            refuse("KeyInfo", title, "token-reference", text: try text.changing(keyInfo, to: "<ds:KeyInfo>\(content)</ds:KeyInfo>"))
        }
        for (title, content) in [
            (
                "an unknown issuer and serial number",
                reference(
                    "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=Nobody</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>"
                )
            ),
            ("garbage instead of a certificate", reference("<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>")),
            (
                "an unknown thumbprint",
                reference(
                    "<wsse:KeyIdentifier ValueType=\"http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1\">AAAA</wsse:KeyIdentifier>"
                )
            ),
        ] {
            refuse("KeyInfo", title, "signer-unknown", text: try text.changing(keyInfo, to: "<ds:KeyInfo>\(content)</ds:KeyInfo>"))
        }
        refuse("KeyInfo", "no KeyInfo", "token-reference", text: try text.changing(keyInfo, to: ""))
        if let token = try? text.element("wsse:BinarySecurityToken") {
            let other = token.replacingOccurrences(of: "wsu:Id=\"X509\"", with: "wsu:Id=\"X510\"")
            let content = token.dropFirst((token.range(of: ">")!.upperBound.utf16Offset(in: token))).dropLast(
                "</wsse:BinarySecurityToken>".count)
            let flipped = String(content.dropLast(6)) + "AAAAAA"
            refuse(
                "W16", "a token that nobody knows", "signer-unknown", "token-reference",
                text: try text.changing(String(content), to: flipped))
            add(
                "W16", "a second token that is not the one used", .accepted,
                try text.changing(token, to: token + other.replacingOccurrences(of: content, with: "AAAA")))
        }
    }

    private func reference(_ content: String) -> String {
        "<wsse:SecurityTokenReference xmlns:wsse=\"\(SecurityNamespace.extension1)\">\(content)</wsse:SecurityTokenReference>"
    }
}
