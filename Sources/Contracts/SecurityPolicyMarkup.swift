/// What is enforced on every message, in the terms of WS-SecurityPolicy 1.2: for toolkits that act on it (CXF, WCF, Metro).
///
/// The standard's algorithm suites all sign with RSA-SHA1; Basic256Sha256 names the digests that are used, and the
/// documentation says that the signature is RSA or ECDSA with SHA-256 or longer (sections 6.1 and 7.1).
enum SecurityPolicyMarkup {
    static let id = "SignedMessage"

    private static let namespace = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702"

    static var policy: Markup {
        Markup(
            "wsp:Policy",
            [
                "xmlns:wsp": "http://www.w3.org/ns/ws-policy", "xmlns:sp": namespace,
                "xmlns:wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd", "wsu:Id": id,
            ], [Markup("wsp:ExactlyOne", [:], [Markup("wsp:All", [:], [binding, signedParts, tokenSupport])])])
    }

    static var reference: Markup {
        Markup("wsp:PolicyReference", ["xmlns:wsp": "http://www.w3.org/ns/ws-policy", "URI": "#\(id)"])
    }

    private static var binding: Markup {
        nested(
            "sp:AsymmetricBinding",
            [
                nested("sp:InitiatorToken", [token("AlwaysToRecipient")]), nested("sp:RecipientToken", [token("AlwaysToInitiator")]),
                nested("sp:AlgorithmSuite", [Markup("sp:Basic256Sha256")]), nested("sp:Layout", [Markup("sp:Lax")]),
                Markup("sp:IncludeTimestamp"), Markup("sp:OnlySignEntireHeadersAndBody"),
            ])
    }

    private static func token(_ inclusion: String) -> Markup {
        Markup(
            "sp:X509Token", ["sp:IncludeToken": "\(namespace)/IncludeToken/\(inclusion)"],
            [Markup("wsp:Policy", [:], [Markup("sp:WssX509V3Token10")])])
    }

    private static var signedParts: Markup { Markup("sp:SignedParts", [:], [Markup("sp:Body")]) }

    private static var tokenSupport: Markup { nested("sp:Wss10", []) }

    /// An assertion whose parameters stand in a policy of its own.
    private static func nested(_ tag: String, _ assertions: [Markup]) -> Markup {
        Markup(tag, [:], [Markup("wsp:Policy", [:], assertions)])
    }
}
