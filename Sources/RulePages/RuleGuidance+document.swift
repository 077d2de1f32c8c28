/// Bytes and XML: rules 1xx.
extension RuleGuidance {
    static let document: [Int: RuleGuidance] = [
        101: RuleGuidance(
            meaning: """
                The request came to an address of the gateway, but its body held no document: no bytes at all, or an XML declaration \
                with nothing behind it. There is nothing in it that could be verified, so the sender is known by its connection alone.
                """,
            causes: [
                .any("A handler that logs the request reads the stream to its end, and nothing is left to send."),
                .any("The probe of a load balancer or of a monitoring system sends a POST without a body."),
                .toolkit(
                    "Proxy or service bus",
                    """
                    The proxy redirects or asks for authentication, and some clients then make one of their requests without the body.
                    """),
                .toolkit(
                    "curl",
                    """
                    `--data-binary @file` with an empty file, or in older releases with one that cannot be opened: these only warn, and \
                    make an empty POST.
                    """),
            ],
            advice: """
                Your request reached us with an empty body. Please check that the signed envelope is the body of the POST, and that \
                nothing on its way, such as a log or a proxy, reads it and does not pass it on. If this was a health check, please send \
                a GET with `?wsdl` in its place.
                """),
        102: RuleGuidance(
            meaning: """
                The message is larger than this gateway reads: 4 MiB unless the operator set another limit. The limit holds for the \
                bytes as they come, after they were unpacked or changed to UTF-8, and for an MTOM package also after its parts were put \
                back into the message as base64, which makes them a third larger. The message was not read, so nothing is known of its \
                signature.
                """,
            causes: [
                .any(
                    """
                    Attachments are scans in high resolution, or the same document is attached to the certificate and to its amendments.
                    """),
                .any("One certificate has very many goods items."),
                .toolkit(
                    "MTOM in any toolkit",
                    """
                    A package of 3.5 MB is below the limit on the wire, and above it (4.7 MB) when its parts stand in the message as \
                    base64, as they were signed.
                    """),
                .any("The body is sent compressed, where the gateway takes that; it is measured unpacked."),
            ],
            advice: """
                Your message is larger than the limit of this gateway. Please attach smaller files (scans of 150 to 200 dpi in one \
                colour are enough to be read), or divide the content. If your certificates really need more, please tell us the size, \
                and we will see whether the limit can be raised; switching MTOM on does not help, because its parts are counted as \
                base64.
                """),
        103: RuleGuidance(
            meaning: """
                The XML declaration names an encoding that is not read here, or not the one that the bytes are in, or UTF-16 came \
                without a byte order mark. Read are UTF-8 (with ASCII in it) and UTF-16 with its mark: with any other encoding two \
                programs could read different text from the same signed bytes. Bytes that are not UTF-8 and do not say what they are \
                come under rule 107; a charset in Content-Type that is not read gets HTTP 415.
                """,
            causes: [
                .toolkit(
                    ".NET",
                    """
                    `XmlWriter` or `XmlSerializer` over a `StringWriter` writes `encoding="utf-16"`, because strings of .NET are UTF-16, \
                    and the string is then sent as UTF-8. Write into a `MemoryStream` with `new UTF8Encoding(false)`.
                    """),
                .toolkit(
                    "PHP",
                    """
                    `DOMDocument` writes a document in the encoding that it was loaded in, such as ISO-8859-1. Set `$document->encoding \
                    = 'UTF-8'` before signing.
                    """),
                .any("An older system writes the national encoding: Windows-1251 or 1252, ISO-8859-1, EUC-KR, GB 2312, Shift_JIS."),
                .toolkit(
                    "Proxy or service bus",
                    """
                    A queue or a mainframe changes the text to EBCDIC or Latin-1 and back, and writes a declaration of its own.
                    """),
            ],
            advice: """
                Your message is not in the encoding that its XML declaration names, or that encoding is not read here. Please write it \
                in UTF-8 before you sign it, with `encoding="UTF-8"` or no encoding in the declaration, and let nothing change the bytes \
                after signing.
                """),
        104: RuleGuidance(
            meaning: """
                There is a `<!DOCTYPE` in the message. It could bring entities, default attributes and files from elsewhere, so that the \
                program that verifies and the program that reads would see different documents. It is refused before anything is parsed, \
                wherever the message comes from.
                """,
            causes: [
                .toolkit(
                    "xmlsec1",
                    """
                    A template of older xmlsec1 examples declares its id attributes in a DOCTYPE (`<!ATTLIST … Id ID #IMPLIED>`). Name \
                    them with `--id-attr:Id` instead.
                    """),
                .any("The XML library writes the DOCTYPE of a document that it loaded, or of a template."),
                .toolkit(
                    "Proxy or service bus",
                    """
                    An HTML page (an error, a log-in) was posted in place of the message; HTML starts with a DOCTYPE.
                    """),
                .any("A security scanner tries out whether external entities are read."),
            ],
            advice: """
                Your message has a DOCTYPE. SOAP forbids it, and this gateway refuses it always. Please find what writes it (most often \
                a template, or a setting of the XML library) and sign and send the message without it.
                """),
        105: RuleGuidance(
            meaning: """
                Somewhere in the message stands `<?…?>` that is not the XML declaration at its very first byte. An XML declaration \
                anywhere else counts as one too. SOAP forbids processing instructions, and in signed text they could hide what one \
                reader skips and another reads.
                """,
            causes: [
                .any("An empty line or a blank stands before `<?xml …?>`, so that it is no XML declaration any more."),
                .any("The content of Body was made as a document of its own and put in as text, with its own `<?xml …?>`."),
                .any("A style sheet or an editor is named: `<?xml-stylesheet …?>`, `<?xml-model …?>`, `<?mso-application …?>`."),
                .toolkit(
                    "Proxy or service bus",
                    """
                    A bus that joins messages or wraps them in an envelope of its own leaves the declaration of the inner one in its \
                    place.
                    """),
            ],
            advice: """
                Your message holds a processing instruction, or an XML declaration that is not at its first byte. Please write `<?xml \
                …?>` only once and with nothing before it, or leave it out, and let the content of Body have none. Then sign and send \
                the message anew.
                """),
        106: RuleGuidance(
            meaning: """
                The message goes past one of the limits of what parsing and canonicalization may cost; the fault says which. Unless the \
                operator set others: 64 levels, 200,000 elements, 48 attributes and 32 namespace declarations of one element, 96 \
                declarations in scope, 1,000 different names, 512 bytes of a namespace URI, 16 KiB of a start tag, 4 MiB of one text. No \
                real certificate comes near them, so most often a program repeats something.
                """,
            causes: [
                .toolkit(
                    "JAX-WS / JAXB",
                    """
                    JAXB declares every namespace of its `JAXBContext` on the first element, used or not. Make the context of the \
                    package of this contract alone.
                    """),
                .toolkit(
                    "gSOAP",
                    """
                    All namespaces of the table `namespaces[]` stand on Envelope. Where one program serves many services, give this one \
                    a table of its own.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    A transformation declares the same namespaces again on each element; the canonical form of the signed parts grows \
                    with each.
                    """),
                .any("The same part is signed several times over, as itself and as a part of another signed element."),
                .any("A test with a hostile document (attribute flood, deep nesting)."),
            ],
            advice: """
                Your message goes past a limit that protects the parser; the fault names the limit and the place. The limits are \
                published with our contract. Please look at the message as it is sent: declare namespaces once and only those that are \
                used, and sign Body, Timestamp and addressing headers, each once.
                """),
        107: RuleGuidance(
            meaning: """
                The bytes are not well-formed XML 1.0 with namespaces; the fault says at which line and column reading had to end. Since \
                nothing could be parsed, nothing is known of a signature.
                """,
            causes: [
                .any("XML put together as text: `&` or `<` in a company's name or in a description that was not escaped."),
                .any(
                    """
                    Bytes of another encoding (Latin-1, Windows-1252) without a declaration that says so, or characters from a database \
                    that XML does not have: most below U+0020, U+FFFE.
                    """),
                .any("It is something else: JSON, an HTML page, a compressed body without `Content-Encoding`, XML 1.1."),
                .toolkit("Proxy or service bus", "The message was cut off, at a limit of the proxy or when the connection broke."),
                .toolkit(
                    "curl",
                    """
                    `--data @file` takes out line ends, so that attributes on lines of their own run together. Use `--data-binary \
                    @file`.
                    """),
            ],
            advice: """
                Your message is not well-formed XML at the line and column that the fault names. Please save the exact bytes that you \
                send and look at that place with an XML parser. Let an XML library write the message, so that special characters are \
                escaped, and send it whole and unchanged.
                """),
        108: RuleGuidance(
            meaning: """
                A namespace is declared with a URI that has no scheme, such as `xmlns:x="data"`. The standards give it no canonical \
                form, so no signature over it could be judged. It counts wherever it stands in the message, also where the prefix is \
                never used.
                """,
            causes: [
                .any("A placeholder of a template or of a wizard: `xmlns=\"namespace\"`, `xmlns:ns=\"temp\"`."),
                .any(
                    """
                    The name of a Java package, or a host without `http://`, was taken as namespace: `gov.example.customs`, \
                    `www.example.gov`.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    A bus adds a header, or a declaration on Envelope, with a name of its own in place of a URI.
                    """),
            ],
            advice: """
                Your message declares a namespace that is a relative URI; the fault names it. Please use an absolute URI there (`urn:…` \
                or `https://…`), or leave the declaration out if nothing uses it, and sign the message anew.
                """),
        109: RuleGuidance(
            meaning: """
                The same id stands on two elements (as `wsu:Id`, `Id` or `xml:id`), or an id is longer than 256 bytes. A signature names \
                what it covers by its id; with two of them, one program could verify the one and another read the other.
                """,
            causes: [
                .toolkit(
                    "node-soap",
                    """
                    Several releases of `WSSecurityCert` give the Timestamp the fixed id `_1`, and xml-crypto counts its own ids `_0`, \
                    `_1`: Body or an additional reference gets the same. Later releases make an id for the Timestamp; look at the \
                    message that is sent.
                    """),
                .any(
                    """
                    Ids are constants in a template (`Body`, `TS`, `X509`), and a part is there twice, or a second header uses them too.
                    """),
                .toolkit(
                    "Proxy or service bus",
                    """
                    The bus adds a Security header of its own, or wraps the message in another envelope, and uses ids that the sender \
                    uses.
                    """),
                .toolkit("SoapUI", "Elements were copied in the editor, with their ids."),
            ],
            advice: """
                An id stands on more than one element of your message; the fault names it. Please make ids unique in the whole message, \
                for example from a UUID with a letter in front, and look at the message as it is sent: the second one may be added by \
                your toolkit or by a proxy.
                """),
        110: RuleGuidance(
            meaning: """
                A part that a Reference names, or SignedInfo itself, has no canonical form: canonicalization failed or gave nothing. A \
                digest over no bytes would prove nothing.
                """,
            causes: [
                .any("No toolkit is known to cause this. It takes a message that was put together by hand or on purpose.")
            ],
            advice: """
                A part of your message cannot be canonicalized. Please sign Body and Timestamp, as elements of the message and by their \
                ids, with the signing functions of your toolkit. If you did so, please send us the exact bytes of the message and the \
                correlation id of the fault.
                """),
    ]
}
