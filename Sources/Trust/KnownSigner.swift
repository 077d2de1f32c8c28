public import XML

/// A certificate that the registry knows whose it is. Whether it is good at a moment is a question of its own.
public struct KnownSigner: Sendable {
    public let certificate: Certificate
    /// The partner's name in the registry.
    public let owner: String
    let origin: Origin

    enum Origin: Sendable {
        /// With the authorities that issued it nevertheless and can say whether it was revoked.
        case pinned(PinnedCertificate, issuedBy: [Authority])
        /// Several where an authority renewed its own certificate.
        case issued(by: [Authority], brought: [Certificate])
    }

    /// Judges whether the certificate could sign at that moment: what it is for, its validity, the partner's window, and for one
    /// that an authority issued the path and revocation.
    ///
    /// - Returns: what is not known and accepted nevertheless, because the partner's file says so.
    public func check(at moment: XMLDateTime, evidence: RevocationEvidence) throws(TrustError) -> RevocationGap? {
        try certificate.checkSigner(at: moment)
        switch origin {
        case .pinned(let pin, let authorities):
            try pin.checkWindow(at: moment)
            guard let authority = authorities.first else { return nil }
            return try evidence.check(CertificationPath(certificate: certificate, authority: authority, brought: []), at: moment)
        case .issued(let authorities, let brought):
            var first: TrustError?
            for authority in authorities {
                let path = CertificationPath(certificate: certificate, authority: authority, brought: brought)
                do throws(TrustError) {
                    try path.check(at: moment)
                } catch {
                    first = first ?? error
                    continue
                }
                return try evidence.check(path, at: moment)
            }
            throw first ?? .unknownSigner(certificate.subject)
        }
    }
}

extension KnownSigner {
    /// Whether a list or an answer at hand names a certificate of the path as revoked, whenever and whether or not it has expired since.
    public func revocation(evidence: RevocationEvidence) -> (at: XMLDateTime?, by: String)? {
        paths.lazy.compactMap { evidence.revocation($0) }.first
    }

    /// Since when its key is said to be in wrong hands.
    public func invalidity(evidence: RevocationEvidence) -> XMLDateTime? { paths.compactMap { evidence.invalidity($0) }.min() }

    private var paths: [CertificationPath] {
        switch origin {
        case .pinned(_, let authorities): authorities.map { CertificationPath(certificate: certificate, authority: $0, brought: []) }
        case .issued(let authorities, let brought):
            authorities.map { CertificationPath(certificate: certificate, authority: $0, brought: brought) }
        }
    }

    /// Whether anything at hand could say that its certificate was revoked.
    public var isRevocationAsked: Bool {
        switch origin {
        case .pinned(_, let authorities), .issued(let authorities, _): authorities.contains { !$0.revocation.isNone }
        }
    }
}

extension Certificate {
    /// Judges whether this certificate could sign at that moment.
    public func checkSigner(at moment: XMLDateTime) throws(TrustError) {
        guard !isCertificationAuthority else { throw .certificationAuthority(subject: subject) }
        guard maySign else { throw .mayNotSign(subject: subject) }
        guard notBefore <= moment else { throw .notYetValid(subject: subject, from: notBefore) }
        guard moment <= notAfter else { throw .expired(subject: subject, at: notAfter) }
    }
}
