/// Whether a signature holds, and for what: rules 408 to 412.
extension RuleGuidance {
    static let integrity: [Int: RuleGuidance] = [
        408: RuleGuidance(
            meaning: """
                Either another key signed than that of the certificate the message names, or SignedInfo was changed on its way, or it \
                was canonicalized otherwise than it says. SignedInfo is judged before the parts, so a program that changes the whole \
                message, such as one that indents it, is refused here and not by rule 410. The log, or `coconect-soap explain` with the \
                message's file, tries to say which it was.
                """,
            causes: [
                .any(
                    """
                    Key and certificate do not belong together: one of them was renewed and the other not, or a wrong alias or file is \
                    configured.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    The message was read and written anew after signing: indented, prefixes renamed, attributes or ids rewritten. It \
                    must pass the bytes through as they came.
                    """),
                .toolkit(
                    "PHP, Node.js, own code",
                    """
                    OpenSSL's ECDSA signatures are ASN.1 DER; XML Signature wants the two numbers side by side. In Node.js `dsaEncoding: \
                    'ieee-p1363'`, in PHP they must be converted.
                    """),
                .toolkit("gSOAP", "Its ECDSA values are DER too: sign with RSA. Leave `SOAP_XML_INDENT` out of the context."),
                .any(
                    """
                    The PrefixList that was used in signing is not in the message, or SignedInfo was canonicalized inclusively while it \
                    names the exclusive way: own code, or a list that a bus took out.
                    """),
            ],
            advice: """
                SignatureValue of your message does not belong to its SignedInfo and to the key of the certificate that it names. Please \
                check first that the private key and the certificate belong together. Then compare, byte by byte, the message as your \
                toolkit wrote it with what left your network: nothing may indent, re-encode or rewrite it after signing. If you send us \
                the bytes as you signed them, we can tell you what changed.
                """),
        409: RuleGuidance(
            meaning: """
                SignatureValue is right, but a Reference names an id that no element of the message has. So a signed part is missing, or \
                its id is not one that is read: `wsu:Id`, `Id` without a namespace, or `xml:id`.
                """,
            causes: [
                .toolkit(
                    "Proxy or service bus",
                    """
                    A proxy took a signed header out, most often WS-Addressing's To or ReplyTo, or a Security token that it had read. It \
                    must leave signed headers alone.
                    """),
                .any("The attribute is called `ID` or `id`, as SAML and some XML libraries have it."),
                .any("`wsu` is bound to the namespace of a draft; it must be that of `oasis-200401-wss-wssecurity-utility-1.0.xsd`."),
                .any("Ids are made anew when the message is written, after it was signed."),
            ],
            advice: """
                Your signature covers an element that is not in the message as it reached us; the fault names its id. Please check \
                whether the id stands there as `wsu:Id` when you sign, and whether a proxy or bus on the way takes headers out or \
                renames ids.
                """),
        410: RuleGuidance(
            meaning: """
                SignatureValue is right, so the References are the signer's, but a part is no longer what its digest was made over; the \
                fault names the part. Something changed it between the signing and us, or the signer digested other bytes than its \
                message says. The log, or `coconect-soap explain` with the message's file, undoes what is known to happen to messages \
                one by one, and says which it was.
                """,
            causes: [
                .toolkit(
                    "Proxy or service bus",
                    """
                    Body was indented, prefixes were renamed, `xsi:` attributes were added, or Unicode was normalized, as programs do \
                    that read XML and write it anew.
                    """),
                .any(
                    """
                    Characters were changed: UTF-8 read as Latin-1 and written as UTF-8 again, `&amp;lt;` for `&lt;`, a byte order mark \
                    inside the message where files were joined.
                    """),
                .toolkit(
                    "Java (SAAJ), Windows",
                    """
                    Line ends: a signed carriage return (`&#13;`) was written raw and read as a line feed, or base64 was folded into \
                    lines after signing.
                    """),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    MTOM with `expandXOPInclude` set to false signs the Include and not the attachment. The default, which puts the \
                    content in its place for signing, is right.
                    """),
                .toolkit(
                    "Python zeep",
                    """
                    Older releases print the envelope with indentation after signing. In own code: sign last, and send \
                    `etree.tostring(envelope)` without `pretty_print`.
                    """),
            ],
            advice: """
                A part of your message, named in the fault, is not as it was signed: something changed it after signing. Please compare, \
                byte by byte, what your toolkit wrote with what left your network, and look for indentation, line ends, prefixes and \
                encoding. Sign as the last step, and let proxies pass the bytes through. If you send us the bytes as you signed them, we \
                can tell you what changed.
                """),
        411: RuleGuidance(
            meaning: """
                The signature is good, but it does not cover the Body, or the Timestamp, that stands in the message in its place; the \
                fault names the part. What is not covered could be anybody's. The same is said when a signed Body was moved aside and \
                another put in its place, which is an attack.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `signatureParts` was left at its default, the Body alone. Name both, each as `{}{namespace}name`: Body in SOAP's \
                    namespace, Timestamp in that of `wsu`. A policy of `sp:TransportBinding` with an endorsing token signs the Timestamp \
                    alone: use `sp:AsymmetricBinding`.
                    """),
                .toolkit(
                    ".NET (WCF)",
                    """
                    `TransportWithMessageCredential` with a certificate (`CertificateOverTransport`) signs the Timestamp and not the \
                    Body. In .NET Framework use `AsymmetricSecurityBindingElement` (`authenticationMode="MutualCertificate"`) with \
                    `ProtectionLevel.Sign`.
                    """),
                .toolkit(
                    "PHP",
                    """
                    wse-php signs what stands in the Security header when `signSoapDoc` is called: call `addTimestamp` before it, and \
                    leave `signBody` true.
                    """),
                .toolkit(
                    "SoapUI, gSOAP",
                    """
                    SoapUI: an empty table `Parts` means Body alone; name Timestamp too, and put its entry before the Signature's. \
                    gSOAP: `soap_wsse_add_Timestamp` needs an id, or the Timestamp is not signed.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    The message was put into another envelope, or a new Timestamp was written in place of the signed one.
                    """),
            ],
            advice: """
                Your signature does not cover the Body or the Timestamp of your message; the fault names the part. Please sign both, \
                each by its own id and as it stands in the message, with one Signature.
                """),
        412: RuleGuidance(
            meaning: """
                Our own engine found the signature good, and libxmlsec1, which this gateway asks as a second opinion, did not. The \
                message is refused to be on the safe side. One of the two has a defect, or the message was made to be read in two ways.
                """,
            causes: [
                .any("No toolkit is known to cause this."),
                .any("A message that is made on purpose so that two programs judge it differently."),
            ],
            advice: """
                Two verification engines of ours do not agree on your message, which should never happen. Please keep the exact bytes \
                that you sent and give us the correlation id of the fault; you need not change anything until we have looked at it.
                """),
    ]
}
