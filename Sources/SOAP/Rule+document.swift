/// Rules about bytes, XML and the SOAP envelope. Numbers and codes are never changed and never used again.
extension Rule {
    public static let emptyMessage = Rule(
        101, "empty-message",
        reason: "A request must hold a SOAP message.",
        remedy: "Send the envelope as the body of the POST.")
    public static let messageTooLarge = Rule(
        102, "message-too-large",
        reason: "A message may not be larger than the limit, as sent and as UTF-8.",
        remedy: "Send fewer items in a message, or ask the operator for a higher limit.")
    public static let encoding = Rule(
        103, "encoding",
        reason:
            "The bytes must be UTF-8 or UTF-16 and be what they claim to be: libxml2 would read other encodings past the checks in front of it.",
        remedy: "Send UTF-8, and say so in the XML declaration or nowhere.")
    public static let doctype = Rule(
        104, "doctype",
        reason:
            "A DOCTYPE could bring entities, default attributes and files from elsewhere; no SOAP message has one (SOAP 1.2 part 1, section 5).",
        remedy: "Send the message without it.")
    public static let processingInstruction = Rule(
        105, "processing-instruction",
        reason: "No SOAP message has processing instructions (SOAP 1.2 part 1, section 5).",
        remedy: "Send the message without it.")
    public static let xmlLimit = Rule(
        106, "xml-limit",
        reason:
            "Depth, elements, attributes, namespaces and the length of a tag are limited, because parsers take more than linear time for them.",
        remedy: "Keep to the limits that the gateway publishes; no real message comes near them.")
    public static let notWellFormed = Rule(
        107, "not-well-formed",
        reason: "The message must be well-formed XML with namespaces.",
        remedy: "Look at the line and column that the fault names.")
    public static let relativeNamespace = Rule(
        108, "relative-namespace",
        reason: "A relative namespace URI has no canonical form.",
        remedy: "Use absolute URIs as namespaces.")
    public static let duplicateID = Rule(
        109, "duplicate-id",
        reason: "An id may stand on one element only: which of two a signature covers would depend on who looks.",
        remedy: "Give every element an id of its own.")
    public static let canonicalization = Rule(
        110, "canonicalization",
        reason: "A signed part must have a canonical form that is not empty.",
        remedy: "Sign an element of the message by its id.")
    public static let notSOAP = Rule(
        201, "not-soap",
        reason: "The document element must be a SOAP Envelope.",
        remedy: "POST the whole envelope.")
    public static let soapVersion = Rule(
        202, "soap-version",
        reason: "SOAP 1.1 and SOAP 1.2 are read.",
        remedy: "Use the Envelope namespace of one of them.")
    public static let soapStructure = Rule(
        203, "soap-structure",
        reason: "An Envelope holds at most one Header, then one Body, and nothing else.",
        remedy: "Send Header and Body only, in this order.")
    public static let headerNotUnderstood = Rule(
        204, "header-not-understood",
        reason: "A header that must be understood is not known here.",
        remedy: "Leave the header out, or drop its mustUnderstand.")
    public static let mediaType = Rule(
        205, "media-type",
        reason: "The Content-Type must be that of the envelope's SOAP version.",
        remedy: "Send text/xml with SOAP 1.1 and application/soap+xml with SOAP 1.2.")
    public static let package = Rule(
        206, "package",
        reason:
            "A multipart/related message must be MTOM: an application/xop+xml root in UTF-8, and parts of which each is included once by its "
            + "Content-ID. What no Include names, nothing signs.",
        remedy: "Switch MTOM on in your toolkit, not SOAP with Attachments, or send attachments as base64 in the message.")

    public static let documentRules: [Rule] = [
        .emptyMessage, .messageTooLarge, .encoding, .doctype, .processingInstruction, .xmlLimit, .notWellFormed, .relativeNamespace,
        .duplicateID, .canonicalization, .notSOAP, .soapVersion, .soapStructure, .headerNotUnderstood, .mediaType, .package,
    ]
}
