/// Digest algorithms that are ever computed (XML Encryption 1.1, section 5.7; RFC 9231, section 2.1).
public enum DigestAlgorithm: String, CaseIterable, Sendable {
    case sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    case sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
    case sha512 = "http://www.w3.org/2001/04/xmlenc#sha512"
    /// Only for a partner whose file allows it, until the date that it names.
    case sha1 = "http://www.w3.org/2000/09/xmldsig#sha1"

    /// The length of a digest in bytes.
    public var length: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The short name for people, also the one in partners' files.
    public var title: String { "sha\(self == .sha1 ? 1 : length * 8)" }
}

/// Signature algorithms that are ever verified or made (RFC 9231, section 2.3).
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    case rsaSHA384 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
    case rsaSHA512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
    /// RSASSA-PSS with MGF1 over the same digest and a salt as long as it.
    case rsaPSSSHA256 = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
    case rsaPSSSHA384 = "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"
    case rsaPSSSHA512 = "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"
    case ecdsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
    case ecdsaSHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
    case ecdsaSHA512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"
    /// Only for a partner whose file allows it, until the date that it names.
    case rsaSHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"

    public enum Scheme: Sendable { case rsa, rsaPSS, ecdsa }

    public var scheme: Scheme {
        switch self {
        case .rsaSHA1, .rsaSHA256, .rsaSHA384, .rsaSHA512: .rsa
        case .rsaPSSSHA256, .rsaPSSSHA384, .rsaPSSSHA512: .rsaPSS
        case .ecdsaSHA256, .ecdsaSHA384, .ecdsaSHA512: .ecdsa
        }
    }

    public var digest: DigestAlgorithm {
        switch self {
        case .rsaSHA1: .sha1
        case .rsaSHA256, .rsaPSSSHA256, .ecdsaSHA256: .sha256
        case .rsaSHA384, .rsaPSSSHA384, .ecdsaSHA384: .sha384
        case .rsaSHA512, .rsaPSSSHA512, .ecdsaSHA512: .sha512
        }
    }

    /// The short name for people, also the one in partners' files.
    public var title: String {
        switch self {
        case .rsaSHA1: "rsa-sha1"
        case .rsaSHA256: "rsa-sha256"
        case .rsaSHA384: "rsa-sha384"
        case .rsaSHA512: "rsa-sha512"
        case .rsaPSSSHA256: "rsa-pss-sha256"
        case .rsaPSSSHA384: "rsa-pss-sha384"
        case .rsaPSSSHA512: "rsa-pss-sha512"
        case .ecdsaSHA256: "ecdsa-sha256"
        case .ecdsaSHA384: "ecdsa-sha384"
        case .ecdsaSHA512: "ecdsa-sha512"
        }
    }
}

/// Canonicalization algorithms that are ever computed (XML Signature 1.1, section 6.5).
public enum CanonicalizationAlgorithm: String, CaseIterable, Sendable {
    case exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    /// Only in documents that are not messages; see `SignaturePolicy.document`.
    case exclusiveWithComments = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
    case inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    case inclusiveWithComments = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"

    var isExclusive: Bool { self == .exclusive || self == .exclusiveWithComments }
    var keepsComments: Bool { self == .exclusiveWithComments || self == .inclusiveWithComments }
}
