public import XML

/// Namespaces and names of XML Signature Syntax and Processing 1.1.
public enum SignatureNamespace {
    public static let signature = "http://www.w3.org/2000/09/xmldsig#"
    public static let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    /// Of the parameters of RSASSA-PSS (RFC 9231, section 2.3.9).
    static let more = "http://www.w3.org/2007/05/xmldsig-more#"
    static let rsaPSS = more + "rsa-pss"
    static let mgf1 = more + "MGF1"
    static let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
}

extension XMLName {
    /// A name of XML Signature.
    public static func signature(_ local: String) -> XMLName { XMLName(SignatureNamespace.signature, local) }
}
