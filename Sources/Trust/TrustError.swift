public import XML

/// Trust in a certificate, judged apart from the integrity of what it signed.
public enum TrustError: Error, Hashable, Sendable {
    case unknownSigner(String)
    case ambiguousSigner(String)
    case otherEnvironment(subject: String, stated: String, expected: String)
    case notYetValid(subject: String, from: XMLDateTime)
    case expired(subject: String, at: XMLDateTime)
    case mayNotSign(subject: String)
    case certificationAuthority(subject: String)
    /// The partner announced the certificate for a later time.
    case notYetAnnounced(subject: String, from: XMLDateTime)
    /// The partner stopped signing with it, before it expired.
    case retired(subject: String, until: XMLDateTime)
    case path(subject: String, reason: String)
    case revoked(subject: String, at: XMLDateTime?, by: String)
    case revocationUnknown(subject: String, RevocationGap)
    /// The responder is still to be asked; never told to a peer.
    case responderNotAsked(OCSPQuestion)
}

/// Why it cannot be said whether a certificate was revoked.
public enum RevocationGap: Hashable, Sendable {
    case noList(of: String)
    case expiredList(of: String)
    case listNotYetValid(of: String)
    case forgedList(of: String)
    case unreachable(String)
    case badAnswer(String)

    public var description: String {
        switch self {
        case .noList(let issuer): "there is no revocation list of \(issuer)"
        case .expiredList(let issuer): "the revocation list of \(issuer) has expired"
        case .listNotYetValid(let issuer): "the revocation list of \(issuer) is not valid yet"
        case .forgedList(let issuer): "the revocation list in the name of \(issuer) is not signed by it"
        case .unreachable(let reason): "the OCSP responder did not answer: \(reason)"
        case .badAnswer(let reason): "the OCSP responder's answer cannot be used: \(reason)"
        }
    }
}

extension TrustError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownSigner(let named):
            "no partner is known by \(named); add it to the partner's file if it is theirs"
        case .ambiguousSigner(let named):
            "\(named) could be several certificates or partners; narrow the subject of the partners' authorities, or send the certificate itself"
        case .otherEnvironment(let subject, let stated, let expected):
            "the certificate of \(subject) is for the environment \(stated), this gateway is \(expected)"
        case .notYetValid(let subject, let from):
            "the certificate of \(subject) is valid only from \(from.text)"
        case .expired(let subject, let at):
            "the certificate of \(subject) expired at \(at.text)"
        case .mayNotSign(let subject):
            "the key usage of the certificate of \(subject) allows neither digitalSignature nor nonRepudiation"
        case .certificationAuthority(let subject):
            "the certificate of \(subject) is a certification authority's, not a signer's"
        case .notYetAnnounced(let subject, let from):
            "the certificate of \(subject) is announced for \(from.text) and later; change 'from' in the partner's file if it is used earlier"
        case .retired(let subject, let until):
            "the partner ended the use of the certificate of \(subject) at \(until.text); change 'until' in the partner's file if it goes on"
        case .path(let subject, let reason):
            "the certificate of \(subject) does not come from the partner's authority as it should: \(reason)"
        case .revoked(let subject, let at, let by):
            "the certificate of \(subject) was revoked\(at.map { " at \($0.text)" } ?? "") (\(by))"
        case .revocationUnknown(let subject, let gap):
            "whether the certificate of \(subject) was revoked cannot be said: \(gap.description)"
        case .responderNotAsked(let question):
            "the OCSP responder \(question.url) was not asked yet"
        }
    }
}
