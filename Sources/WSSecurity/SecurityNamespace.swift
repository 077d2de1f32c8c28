public import XML

/// Namespaces and names of WS-Security 1.1 and its X.509 token profile.
public enum SecurityNamespace {
    public static let extension1 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    static let extension11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
    public static let utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
    static let base64Binary = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
    private static let x509Profile = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#"
    static let x509v3 = x509Profile + "X509v3"
    static let x509PKIPath = x509Profile + "X509PKIPathv1"
    static let subjectKeyIdentifier = x509Profile + "X509SubjectKeyIdentifier"
    static let thumbprint = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"

    /// The attributes that are ids in a SOAP message: `wsu:Id`, plain `Id` (node-soap) and `xml:id`.
    public static let idNames = [
        XMLName(utility, "Id"), XMLName("", "Id"), XMLName(XMLNamespace.xml, "id"),
    ]
}

extension XMLName {
    /// A name of the WS-Security extension namespace.
    static func security(_ local: String) -> XMLName { XMLName(SecurityNamespace.extension1, local) }
    /// A name of the extension namespace of WS-Security 1.1.
    static func security11(_ local: String) -> XMLName { XMLName(SecurityNamespace.extension11, local) }
    /// WSS 1.1, section 8.5.
    public static let signatureConfirmation = XMLName.security11("SignatureConfirmation")
    /// A name of the WS-Security utility namespace.
    static func utility(_ local: String) -> XMLName { XMLName(SecurityNamespace.utility, local) }
}
