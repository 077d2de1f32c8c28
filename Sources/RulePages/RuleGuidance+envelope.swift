/// The SOAP envelope and how it is packed: rules 2xx.
extension RuleGuidance {
    static let envelope: [Int: RuleGuidance] = [
        201: RuleGuidance(
            meaning: """
                The document is well-formed XML, but its document element is not called Envelope; the fault names it. Most often it is \
                the message of the operation alone, without envelope and therefore without signature.
                """,
            causes: [
                .any("The example of the contract was posted as it stands: it shows the child of Body, not the whole envelope."),
                .toolkit("Proxy or service bus", "A bus or an adapter is set to pass on only the content of Body."),
                .any("A client for REST or plain XML was used, which knows no envelope."),
                .toolkit("Proxy or service bus", "Something else answered in between, and its page or error document was sent on."),
            ],
            advice: """
                What reached us is not a SOAP envelope; the fault names the element that we found. Please post the whole signed \
                envelope, with Header and Body, and check that nothing between your toolkit and us takes the envelope off.
                """),
        202: RuleGuidance(
            meaning: """
                The document element is an Envelope, but its namespace is neither that of SOAP 1.1 \
                (`http://schemas.xmlsoap.org/soap/envelope/`) nor that of SOAP 1.2 (`http://www.w3.org/2003/05/soap-envelope`). \
                Namespaces are compared character by character.
                """,
            causes: [
                .any("The namespace is of a draft, such as `http://www.w3.org/2001/12/soap-envelope` or `2001/06` or `2002/06`."),
                .any(
                    """
                    A digital certificate of origin of ALADI (COD) was posted itself: its own root is an Envelope of 2001/12. It belongs \
                    into the message as an attachment.
                    """),
                .any("A typing error in a template: a slash too many or too few, `https` for `http`, a capital letter."),
            ],
            advice: """
                The namespace of your Envelope is not that of SOAP 1.1 or SOAP 1.2; the fault shows the one that we found. Please take \
                one of the two exactly as the standard writes it, with the Content-Type that belongs to it.
                """),
        203: RuleGuidance(
            meaning: """
                The envelope is not Header (or none), then Body, and nothing else: something stands after Body, there is text between \
                the parts, Body is missing or not in its place, or there are two. What stands beside Body is where a signed Body could \
                be hidden and another read in its place, so nothing there is passed over.
                """,
            causes: [
                .toolkit(
                    ".NET (SignedXml)",
                    """
                    The usual example appends the Signature to the document element, where it stands after Body. It belongs into \
                    `wsse:Security` in Header.
                    """),
                .toolkit(
                    "PHP",
                    """
                    xmlseclibs' `appendSignature` was given the document element in place of the Security header. wse-php puts the \
                    Signature in its place.
                    """),
                .toolkit(
                    "Python signxml and others for plain XML",
                    """
                    An enveloped signature of the whole document puts the Signature behind Body.
                    """),
                .any("A template left text between the elements: a stray character, the rest of a comment."),
                .toolkit("Proxy or service bus", "Header was added behind Body, or trailers of the bus stand in Envelope."),
            ],
            advice: """
                Your Envelope holds something beside Header and Body; the fault says what. Please send at most one Header, then one \
                Body, with nothing but white space around them. The signature belongs into the `wsse:Security` block of Header.
                """),
        204: RuleGuidance(
            meaning: """
                A header block that is meant for us says `mustUnderstand`, and this gateway does not know it; the fault names it. SOAP \
                then forbids to go on. Known are WS-Security (2004) and WS-Addressing 1.0 (2005/08); any other header is passed over if \
                it does not say `mustUnderstand`.
                """,
            causes: [
                .toolkit(
                    ".NET (WCF)",
                    """
                    The message version is one of WS-Addressing of August 2004 (such as `Soap12WSAddressingAugust2004`); WCF marks its \
                    Action and To. Use WS-Addressing 1.0, or a message version without addressing.
                    """),
                .toolkit(
                    ".NET (WCF)",
                    """
                    A reliable session is on (`ReliableSessionBindingElement`, or `reliableSession` of `wsHttpBinding`).
                    """),
                .toolkit("Axis2 / Rampart", "The module Sandesha2 (WS-ReliableMessaging) is engaged for this client."),
                .any("The Security header is of a draft of WS-Security (2002 or 2003), under another namespace."),
                .toolkit("Proxy or service bus", "A bus adds headers for routing, tracing or a session of its own, and marks them."),
            ],
            advice: """
                Your message has a header block with `mustUnderstand` that this gateway does not know; the fault names it. Please switch \
                the function off that adds it (reliable messaging, an older WS-Addressing, routing), or let it not say `mustUnderstand`.
                """),
        205: RuleGuidance(
            meaning: """
                The Content-Type stands for one version of SOAP, and the envelope is of the other one. The fault comes in the version of \
                the envelope. A Content-Type of neither version gets HTTP 415 and a plain sentence in place of a fault.
                """,
            causes: [
                .any("The Content-Type is set by hand in an HTTP client, or kept from an earlier version of the service."),
                .toolkit(
                    ".NET",
                    """
                    `new StringContent(xml, Encoding.UTF8, "text/xml")` with an envelope of SOAP 1.2; without the third argument it is \
                    `text/plain`.
                    """),
                .toolkit(
                    "PHP",
                    """
                    A subclass of `SoapClient` changes the envelope in `__doRequest`, or passes another version on than `soap_version` \
                    says.
                    """),
                .toolkit(
                    "SoapUI",
                    """
                    The envelope was pasted from a request of the other binding; SoapUI takes the Content-Type from the binding of the \
                    interface.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    A proxy sets the Content-Type of all requests to `text/xml`, or takes `start-info` away from a package of MTOM.
                    """),
            ],
            advice: """
                The Content-Type of your request and the SOAP version of your envelope do not fit; the fault names both. Please send \
                `text/xml; charset=utf-8` with SOAP 1.1 and `application/soap+xml; charset=utf-8` with SOAP 1.2.
                """),
        206: RuleGuidance(
            meaning: """
                The request is `multipart/related`, and not the MTOM package that is read here: the root must be `application/xop+xml` \
                in UTF-8, and each other part must be included once, by `xop:Include` with `cid:` and its Content-ID. A part that \
                nothing includes is not covered by the signature, so it is not taken.
                """,
            causes: [
                .toolkit(
                    "gSOAP",
                    """
                    With `SOAP_XML_CANONICAL`, which its signatures need, gSOAP 2.8 writes the Include without its `href`. Send \
                    attachments as base64 in the message.
                    """),
                .toolkit(
                    "SoapUI",
                    """
                    `Enable MTOM` is off and files are attached: the root is `text/xml` then, which is SOAP with Attachments.
                    """),
                .toolkit("Axis2 / Rampart", "`enableSwA` is on in place of `enableMTOM`."),
                .toolkit(
                    "JAX-WS / CXF",
                    """
                    Files are added as `AttachmentPart` or in a handler, beside the message, and not as `xs:base64Binary` fields of it \
                    with MTOM switched on.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    A filter takes out or adds a part (a virus scanner, for example), changes its Content-ID, or writes it as \
                    quoted-printable.
                    """),
            ],
            advice: """
                Your multipart message is not an MTOM package that we can read; the fault says what is wrong with it. Please switch on \
                MTOM (not SOAP with Attachments), so that each part is included once by its Content-ID, or send the attachments as \
                base64 inside the message without any package.
                """),
    ]
}
