/// What a signature is made of: rules 401 to 407.
extension RuleGuidance {
    static let signature: [Int: RuleGuidance] = [
        401: RuleGuidance(
            meaning: """
                The Signature is not SignedInfo, SignatureValue and KeyInfo, with each Reference made of Transforms, DigestMethod and \
                DigestValue, or there is something in it that is not read; the fault says what. Nothing may hide in a part that is \
                canonicalized before it is known whose it is.
                """,
            causes: [
                .toolkit(
                    "XAdES libraries",
                    """
                    They add a `ds:Object` with QualifyingProperties. WS-Security has no such thing: sign with the WS-Security functions \
                    of your toolkit.
                    """),
                .toolkit(
                    "gSOAP",
                    """
                    Without `SOAP_XML_CANONICAL` in the context SignedInfo names no canonicalization, and its References have no \
                    Transforms: give it to `soap_new1`.
                    """),
                .toolkit(
                    ".NET (SignedXml)",
                    """
                    A `Reference` without a transform has no Transforms: add `new XmlDsigExcC14NTransform()` to each.
                    """),
                .any(
                    """
                    The whole Security header, Header or Envelope is signed by its id, so that the Signature would cover itself. Sign \
                    the parts.
                    """),
                .any(
                    """
                    The Signature was edited: a comment inside a value, an element more, base64 with foreign characters, a second \
                    SignedInfo.
                    """),
            ],
            advice: """
                The Signature of your message is not built as we read it; the fault says where. Please sign with the WS-Security \
                functions of your toolkit, each part by its own id with the exclusive canonicalization as its transform, and do not \
                change or add to what they made.
                """),
        402: RuleGuidance(
            meaning: """
                The signature names an algorithm that is not computed here; the fault says which, and where it counts: in \
                CanonicalizationMethod, SignatureMethod, a Transform or a DigestMethod. Allowed are exclusive canonicalization without \
                comments, SHA-256, 384 and 512, and RSA, RSA-PSS or ECDSA with them. SHA-1 no longer proves anything, and inclusive \
                canonicalization breaks as soon as a message is put into another envelope.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    WSS4J digests with SHA-1, and older releases sign with RSA-SHA1, unless told otherwise: set `signatureAlgorithm` and \
                    `signatureDigestAlgorithm`. With a policy set `Basic256Sha256` and `ws-security.asymmetric.signature.algorithm`. A \
                    signed `STRTransform` is not read.
                    """),
                .toolkit(
                    "Python zeep",
                    """
                    Both `signature_method` and `digest_method` must be given (`xmlsec.Transform.RSA_SHA256`, \
                    `xmlsec.Transform.SHA256`). Releases before 4.1 digest the Timestamp with SHA-1 even then.
                    """),
                .toolkit(
                    ".NET (WCF, SignedXml)",
                    """
                    WCF's default suite `Basic256` is RSA-SHA1: set `SecurityAlgorithmSuite.Basic256Sha256`. SignedXml canonicalizes \
                    SignedInfo inclusively unless `SignedInfo.CanonicalizationMethod` is `SignedXml.XmlDsigExcC14NTransformUrl`.
                    """),
                .toolkit(
                    "PHP",
                    """
                    wse-php digests with SHA-1 unless told: `signSoapDoc($key, ['algorithm' => XMLSecurityDSig::SHA256])`, with a key of \
                    `XMLSecurityKey::RSA_SHA256`.
                    """),
                .toolkit(
                    "gSOAP, node-soap, Rampart",
                    """
                    gSOAP: `SOAP_SMD_SIGN_RSA_SHA256`, not `…_SHA1`. Older node-soap: SHA-1 unless `signatureAlgorithm` is given, and \
                    still for the Timestamp's digest. Rampart: the suites of WS-SecurityPolicy name RSA-SHA1; look for a way to override \
                    it.
                    """),
            ],
            advice: """
                Your signature uses an algorithm that we do not allow; the fault names it and says where. Please set exclusive \
                canonicalization (`http://www.w3.org/2001/10/xml-exc-c14n#`), RSA-SHA256 or ECDSA-SHA256 as signature method, and \
                SHA-256 as digest method of every part. If your toolkit can do nothing but SHA-1, please tell us which one it is: it can \
                be allowed for a time, with a date on which that ends.
                """),
        403: RuleGuidance(
            meaning: """
                The signature has more References, Transforms or prefixes in a PrefixList than are allowed (16, 2 and 32 unless the \
                operator set others), or its PrefixLists would cost too much to look up over so many elements. A signature must not cost \
                more than its message.
                """,
            causes: [
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `signatureParts` or `sp:SignedElements` names an element that stands in Body many times, such as each goods item. \
                    Sign Body as a whole.
                    """),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    Many namespaces are declared on Envelope, and each goes into the PrefixList. `addInclusivePrefixes` (with a policy \
                    `ws-security.add.inclusive.prefixes`) set to false writes no list.
                    """),
                .any("All headers of a long list, those of a bus too, are signed one by one."),
                .any("A message that is made to keep the receiver busy."),
            ],
            advice: """
                Your signature has more References, Transforms or prefixes than we read; the fault gives number and limit. Please sign \
                Body, Timestamp and, if you like, the WS-Addressing headers, each as a whole, and declare only the namespaces that the \
                message uses.
                """),
        404: RuleGuidance(
            meaning: """
                A Reference has another URI than `#` and an id, or none; the fault quotes it. Such a URI could name the whole document, \
                a place by XPath, or something outside of the message, and it would be open what was signed. An id must also be an XML \
                name, which does not begin with a digit.
                """,
            causes: [
                .any(
                    """
                    The id is a plain UUID (`Guid.NewGuid()`, `uuid4()`), and more than half of them begin with a digit. Put a letter or \
                    `_` in front.
                    """),
                .toolkit(
                    ".NET (SignedXml)",
                    """
                    `new Reference("")` with the enveloped-signature transform signs the whole document, as the usual example does.
                    """),
                .toolkit(
                    "PHP",
                    """
                    xmlseclibs' `addReference` of a whole document writes no URI, and with `force_uri` an empty one. Give it elements, \
                    which get ids.
                    """),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    `signatureParts` has `{}cid:Attachments`: signed attachments are named by `cid:`. Use MTOM, where the content counts \
                    as part of Body.
                    """),
                .any("The URI is an XPointer, `#xpointer(id('…'))`, as very old libraries write it."),
            ],
            advice: """
                A Reference of your signature does not name an element by its id; the fault quotes its URI. Please give Body and \
                Timestamp a `wsu:Id` that begins with a letter and let each Reference name one of them as `#` and that id.
                """),
        405: RuleGuidance(
            meaning: """
                Two References of the signature name the same id. The second one proves nothing more, and shows that the list of signed \
                parts is not what its author thinks.
                """,
            causes: [
                .toolkit("WSS4J, SoapUI", "The list of signed parts (`signatureParts`, the table `Parts`) names the same element twice."),
                .any("Two rules select the same element, such as one for all headers and one for this header."),
                .toolkit(".NET (SignedXml)", "`AddReference` is called again on a `SignedXml` object that was used before."),
            ],
            advice: """
                Your signature has two References to the same element; the fault names it. Please take the second one out of the list of \
                signed parts.
                """),
        406: RuleGuidance(
            meaning: """
                The certificate that the message names has an RSA key of fewer than 2048 bits. Such keys can be broken, so a signature \
                with one does not prove who signed. The signature itself was not computed.
                """,
            causes: [
                .any(
                    """
                    The key was made many years ago, with the 1024 bits that were usual then, and the certificate was renewed with the \
                    same key.
                    """),
                .any("A test certificate from an example or a tutorial is used."),
                .any("A smart card or a security module of an older kind makes no longer keys."),
            ],
            advice: """
                The RSA key of your signing certificate is shorter than 2048 bits. Please make a new key, RSA with at least 2048 bits \
                (3072 for long use) or ECDSA on P-256, have a certificate issued for it, and send us that certificate before you sign \
                with it.
                """),
        407: RuleGuidance(
            meaning: """
                The SignatureMethod is for another kind of key than that of the certificate the message names: RSA for a certificate \
                with an EC key, or the other way round. A toolkit cannot sign so with one key, so the key that signed and the \
                certificate that is named do not belong together, or the algorithm was only written down.
                """,
            causes: [
                .any(
                    """
                    The certificate was renewed with another kind of key, and key, token and algorithm are configured in three places, \
                    of which one was left.
                    """),
                .any("The token is a text in a template, or is read from another file than the key."),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    The keystore has several entries, and the alias for the key (`signatureUser`, `ws-security.signature.username`) is \
                    another one than was meant.
                    """),
                .toolkit("Proxy or service bus", "The bus signs with its own key and leaves the token of the sender in the header."),
            ],
            advice: """
                The signature method of your message does not fit the key of the certificate that it names; the fault says both. Please \
                check that key, certificate and signature method belong together, and that the token in the message is made from the \
                certificate of the key that signs.
                """),
    ]
}
