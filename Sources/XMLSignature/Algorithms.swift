/// Digest algorithms that are ever computed (XML Encryption 1.1, section 5.7).
public enum DigestAlgorithm: String, CaseIterable, Sendable {
    case sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
}

/// Signature algorithms that are ever verified or made (RFC 6931).
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    case ecdsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"

    /// The short name for people.
    public var title: String {
        switch self {
        case .rsaSHA256: "RSA-SHA256"
        case .ecdsaSHA256: "ECDSA-P256-SHA256"
        }
    }
}
