/// What stands in the Security header: rules 3xx.
extension RuleGuidance {
    static let security: [Int: RuleGuidance] = [
        301: RuleGuidance(
            meaning: """
                Header has no `wsse:Security` block for us: none at all, one in another namespace, or one for another actor or role. So \
                the message is not signed, and nothing says who sent it; the TLS connection alone is not enough.
                """,
            causes: [
                .any(
                    """
                    The client was generated from the WSDL, and the toolkit does not read the security policy in it: zeep, PHP, \
                    node-soap and gSOAP do not. Signing must be added in the program.
                    """),
                .toolkit(
                    ".NET (WCF)",
                    """
                    The binding is set to `Transport` security. The WCF client of .NET 5 and later has no security mode `Message`, so it \
                    signs no Body: sign there with `SignedXml` or another library, or use .NET Framework.
                    """),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `WSS4JOutInterceptor` was added to another client or bus than the one that sends, or `actor` (`ws-security.actor`) \
                    is set to a name that is not ours.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    A proxy verifies the signature itself and takes the Security header out, as SOAP has it for headers that were \
                    processed. It must pass the message on as it came.
                    """),
                .any(
                    """
                    The header is of a draft of WS-Security: the namespace must be that of `oasis-200401-wss-wssecurity-secext-1.0.xsd`.
                    """),
            ],
            advice: """
                Your message has no WS-Security header for this receiver. Please sign Body and Timestamp with the X.509 certificate that \
                you registered with us (WS-Security 1.1), without actor or role, and check that nothing on the way takes the header out.
                """),
        302: RuleGuidance(
            meaning: """
                More than one `wsse:Security` block is meant for us, that is, without actor or role or with one that every receiver has. \
                Standards allow one for each receiver; of two it would be open which counts.
                """,
            causes: [
                .toolkit(
                    "Proxy or service bus",
                    """
                    A bus adds a Security header of its own (a user name, its own signature) in place of using another actor or role.
                    """),
                .any("The program writes a Security header into Header by hand, and the toolkit writes its own beside it."),
                .any(
                    """
                    One header has no actor and another one `next`, because two configurations of the same toolkit run one after the \
                    other (WSS4J keeps apart what has different actors).
                    """),
                .any(
                    """
                    A message that was signed already, from a queue or a log, goes through a client that always adds a header of its \
                    own.
                    """),
            ],
            advice: """
                Your message has more than one WS-Security header for this receiver. Please send one, with one Timestamp and one \
                Signature. Headers for somebody else on the way need an actor (SOAP 1.1) or role (SOAP 1.2) of theirs.
                """),
        303: RuleGuidance(
            meaning: """
                In the Security header stands something else than BinarySecurityToken, Signature, Timestamp (and SignatureConfirmation); \
                the fault names it. User names, SAML assertions, encryption and derived keys are not used in this exchange, and what is \
                not read could hide something that another program reads.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `action` has `UsernameToken` or `Encrypt` beside `Signature Timestamp`, or the policy has supporting tokens or \
                    `sp:EncryptedParts`.
                    """),
                .toolkit(
                    ".NET (WCF)",
                    """
                    The protection level is `EncryptAndSign`, which is the default: set `ProtectionLevel.Sign` on the contract. \
                    `wsHttpBinding` with message security also negotiates a session key (`establishSecurityContext`).
                    """),
                .toolkit("Python zeep", "`wsse=[UsernameToken(…), BinarySignature(…)]`: leave the UsernameToken out."),
                .toolkit("PHP", "wse-php: `addUserToken` was called, or `encryptSoapDoc`."),
                .toolkit(
                    "node-soap",
                    """
                    `WSSecurityPlusCert`, or `WSSecurity` beside the certificate, adds a UsernameToken. Use `WSSecurityCert` alone.
                    """),
            ],
            advice: """
                Your WS-Security header holds an element that is not used in this exchange; the fault names it. Please send only the \
                certificate's token, a Timestamp and a Signature over Body and Timestamp: no user name, no SAML assertion, and no \
                encryption, since the connection is encrypted by TLS.
                """),
        304: RuleGuidance(
            meaning: """
                There is a Security header for us, and no `ds:Signature` in it. Whatever else the header says, nothing proves who wrote \
                the message, nor that it is unchanged.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `action` has `Timestamp` only, or the policy asks for `sp:TransportBinding` without an endorsing token.
                    """),
                .toolkit(
                    "SoapUI",
                    """
                    The outgoing WSS configuration has a Timestamp entry and no Signature entry, or no configuration is chosen for this \
                    request.
                    """),
                .toolkit(
                    "Python zeep",
                    """
                    Only a Timestamp was put into the header, and no `BinarySignature` is among the client's `wsse`.
                    """),
                .toolkit(
                    "gSOAP",
                    """
                    `soap_wsse_add_Timestamp` and the token are there, and `soap_wsse_sign_body` was not called before this call.
                    """),
                .any("The Signature stands elsewhere: in Body, or in Header beside Security. Only the one inside Security is read."),
            ],
            advice: """
                Your WS-Security header has no Signature. Please turn signing on in your toolkit, with Body and Timestamp as signed \
                parts, and check that the Signature stands inside the `wsse:Security` block.
                """),
        305: RuleGuidance(
            meaning: """
                Two or more `ds:Signature` elements stand in the Security header. Only one is allowed, over all parts: otherwise it \
                would have to be decided which one counts for which part, and whose word the message is.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    Both an interceptor (`WSS4JOutInterceptor`) and the WS-SecurityPolicy of the WSDL sign, each once. Use one of the \
                    two.
                    """),
                .toolkit(
                    "WS-SecurityPolicy (CXF, Metro, Rampart, WCF)",
                    """
                    An endorsing supporting token makes a second signature over the first one (`sp:EndorsingSupportingTokens`; in WCF \
                    `EndpointSupportingTokenParameters.Endorsing`).
                    """),
                .any(
                    """
                    A message from a retry queue was kept signed and is signed again when it is sent. Keep it unsigned, or send it as it \
                    is.
                    """),
                .toolkit("Proxy or service bus", "A bus countersigns in the same header."),
            ],
            advice: """
                Your WS-Security header has more than one Signature. Please sign once, with one Signature over Body, Timestamp and, if \
                you like, the addressing headers, and check that only one part of your configuration signs.
                """),
        306: RuleGuidance(
            meaning: """
                The Security header has no `wsu:Timestamp`. It is what tells how old a message is; without it a signed message that \
                somebody kept could be sent again at any time.
                """,
            causes: [
                .toolkit(
                    "Python zeep",
                    """
                    zeep makes no Timestamp itself, but signs one that stands in the Security header: add it before \
                    `BinarySignature.apply` runs, in a subclass for example.
                    """),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `action` is `Signature` alone: write `Timestamp Signature`, and name the Timestamp in `signatureParts`.
                    """),
                .toolkit("PHP", "wse-php: `addTimestamp` was not called; call it before `signSoapDoc`."),
                .toolkit(
                    "node-soap",
                    """
                    `hasTimeStamp: false` in the options of `WSSecurityCert`; in WCF the same is `IncludeTimestamp = false`.
                    """),
                .toolkit("Perl, Ruby", "XML::Compile::WSS and akami (Savon) sign the Body alone unless more is asked for."),
            ],
            advice: """
                Your message has no Timestamp in its WS-Security header. Please add a `wsu:Timestamp` with Created and Expires, sign it \
                together with the Body, and send the message at once.
                """),
        307: RuleGuidance(
            meaning: """
                The Timestamp is not one Created and at most one Expires with times as XML Schema writes them, or there are two \
                Timestamps; the fault quotes what was found. Read are `2026-11-22T10:00:00Z`, a fraction of up to nine digits, and \
                offsets such as `+07:00`; a time without any offset is taken as UTC.
                """,
            causes: [
                .toolkit(
                    "Java",
                    """
                    `SimpleDateFormat` with `Z` in its pattern writes the offset as `+0700`, without the colon. Use `XXX`, or \
                    `Instant.toString()`.
                    """),
                .toolkit(
                    ".NET",
                    """
                    `DateTime.ToString` with a pattern and without `CultureInfo.InvariantCulture`: the culture of the server decides on \
                    separators and calendar.
                    """),
                .any("A blank stands in place of `T`, seconds are missing, or it is a number of seconds since 1970."),
                .any(
                    """
                    Two parts of the configuration add a Timestamp each: an action and a policy, a program and its toolkit, a program \
                    and a bus.
                    """),
            ],
            advice: """
                The Timestamp of your message cannot be read; the fault quotes it. Please send one Timestamp with one Created and one \
                Expires, written in UTC as 2026-11-22T10:00:00Z whatever the language and region of your server.
                """),
        308: RuleGuidance(
            meaning: """
                `ds:KeyInfo` does not lead to a certificate in one of the ways that the X.509 Token Profile has: a reference to a \
                BinarySecurityToken of this header (`#X509v3`, `#X509PKIPathv1`), a KeyIdentifier (subject key identifier, SHA-1 \
                thumbprint, certificate), or X509Data with a certificate, or with issuer and serial number. A bare key proves nothing, \
                and nothing is fetched.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `signatureKeyIdentifier` is `KeyValue`. Set `DirectReference`; `IssuerSerial` (the default), `X509KeyIdentifier`, \
                    `Thumbprint` and `SKIKeyIdentifier` are read too.
                    """),
                .toolkit(
                    ".NET (SignedXml)",
                    """
                    `KeyInfo` holds `RSAKeyValue` or a KeyName, two elements, or a `KeyInfoX509Data` made with \
                    `X509IncludeOption.WholeChain`. Write one SecurityTokenReference, or X509Data with one certificate.
                    """),
                .toolkit(
                    "PHP",
                    """
                    wse-php: `attachTokentoSig` was not called, so there is no KeyInfo. xmlseclibs: `add509Cert` was given a whole \
                    chain.
                    """),
                .toolkit(
                    "gSOAP",
                    """
                    `soap_wsse_add_KeyInfo_SecurityTokenReferenceX509` is missing, or its URI (`#Token`) is not that of the token \
                    (`Token`).
                    """),
                .any(
                    """
                    The token has another ValueType (PKCS#7, SAML), stands outside of the Security header, or has no id that the \
                    reference names.
                    """),
            ],
            advice: """
                KeyInfo of your signature does not name your certificate in a way that we read; the fault says what we found. Please \
                send the certificate as a BinarySecurityToken (X509v3) and let KeyInfo refer to it by a SecurityTokenReference; in most \
                toolkits this is called direct reference.
                """),
    ]
}
