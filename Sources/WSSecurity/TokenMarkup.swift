internal import Trust
internal import XML
internal import XMLSignature

/// The certificate in an envelope of ours: the token of the Security header, where the style has one, and the content of KeyInfo.
struct TokenMarkup {
    let token: [UInt8]
    let keyInfo: [UInt8]

    static let id = "X509"

    init(_ certificate: Certificate, style: SigningStyle.Token) {
        switch style {
        case .binarySecurityToken:
            token = TokenMarkup.token(certificate.der, type: SecurityNamespace.x509v3)
            keyInfo = TokenMarkup.reference(type: SecurityNamespace.x509v3)
        case .pkiPath:
            token = TokenMarkup.token(CertificateName.pkiPath([certificate.der]), type: SecurityNamespace.x509PKIPath)
            // Basic Security Profile 1.1, R5215.
            keyInfo = TokenMarkup.reference(type: SecurityNamespace.x509PKIPath, isTyped: true)
        case .issuerSerial:
            token = []
            keyInfo = TokenMarkup.reference { writer in
                writer.open("ds:X509Data")
                writer.open("ds:X509IssuerSerial")
                writer.element("ds:X509IssuerName", text: certificate.issuer)
                writer.element("ds:X509SerialNumber", text: certificate.decimalSerialNumber)
                writer.close("ds:X509IssuerSerial")
                writer.close("ds:X509Data")
            }
        case .x509Data:
            token = []
            keyInfo = TokenMarkup.reference { writer in
                writer.open("ds:X509Data")
                writer.element("ds:X509Certificate", text: Base64.encode(certificate.der))
                writer.close("ds:X509Data")
            }
        case .subjectKeyIdentifier:
            token = []
            keyInfo = TokenMarkup.keyIdentifier(certificate.subjectKeyIdentifier, type: SecurityNamespace.subjectKeyIdentifier)
        case .thumbprint:
            token = []
            keyInfo = TokenMarkup.keyIdentifier(certificate.thumbprint.bytes, type: SecurityNamespace.thumbprint)
        case .keyIdentifier:
            token = []
            keyInfo = TokenMarkup.keyIdentifier(certificate.der, type: SecurityNamespace.x509v3)
        }
    }

    /// In its canonical form, for it may be signed.
    private static func token(_ bytes: [UInt8], type: String) -> [UInt8] {
        var writer = XMLWriter(capacity: 2048)
        writer.element(
            "wsse:BinarySecurityToken",
            [
                "xmlns:wsse": SecurityNamespace.extension1, "xmlns:wsu": SecurityNamespace.utility,
                "EncodingType": SecurityNamespace.base64Binary, "ValueType": type, "wsu:Id": id,
            ], text: Base64.encode(bytes))
        return writer.bytes
    }

    private static func reference(type: String, isTyped: Bool = false) -> [UInt8] {
        reference(type: isTyped ? type : nil) { $0.element("wsse:Reference", ["URI": "#" + id, "ValueType": type], text: "") }
    }

    private static func keyIdentifier(_ bytes: [UInt8], type: String) -> [UInt8] {
        reference {
            $0.element(
                "wsse:KeyIdentifier", ["EncodingType": SecurityNamespace.base64Binary, "ValueType": type], text: Base64.encode(bytes))
        }
    }

    /// - Parameter type: for the reference's own TokenType (WSS 1.1, section 7.1).
    private static func reference(type: String? = nil, _ content: (inout XMLWriter) -> Void) -> [UInt8] {
        var writer = XMLWriter(capacity: 512)
        if let type {
            writer.open(
                "wsse:SecurityTokenReference",
                ["xmlns:wsse": SecurityNamespace.extension1, "xmlns:wsse11": SecurityNamespace.extension11, "wsse11:TokenType": type])
        } else {
            writer.open("wsse:SecurityTokenReference", ["xmlns:wsse": SecurityNamespace.extension1])
        }
        content(&writer)
        writer.close("wsse:SecurityTokenReference")
        return writer.bytes
    }
}
