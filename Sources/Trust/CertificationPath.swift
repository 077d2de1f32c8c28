internal import COpenSSL
internal import XML

/// Path validation by OpenSSL (RFC 5280, section 6) against the anchors of one authority.
struct CertificationPath {
    let certificate: Certificate
    let authority: Authority
    /// Further certificates that the message brought; looked through, never trusted.
    let brought: [Certificate]

    /// Whether the certificate comes from the authority at all: signatures, constraints and key usages of the path, without time.
    var holds: Bool { verdict(lists: [], at: nil).code == X509_V_OK }

    /// The path at a moment, and with lists whether one names a certificate of it.
    func check(at moment: XMLDateTime) throws(TrustError) {
        let (code, depth) = verdict(lists: [], at: moment)
        guard code != X509_V_OK else { return }
        throw .path(subject: certificate.subject, reason: CertificationPath.reason(code) + CertificationPath.place(depth))
    }

    /// - Throws: `TrustError.revoked` or `.revocationUnknown`.
    func check(_ lists: [RevocationList], at moment: XMLDateTime) throws(TrustError) {
        let issuer = certificate.issuer
        guard !lists.isEmpty else { throw .revocationUnknown(subject: certificate.subject, .noList(of: issuer)) }
        // A list that came later than the moment that is judged says more about it, not less.
        let time = lists.map(\.from).filter { $0 > moment }.min() ?? moment
        let (code, _) = verdict(lists: lists, at: time)
        switch code {
        case X509_V_OK, X509_V_ERR_CERT_HAS_EXPIRED: return
        case X509_V_ERR_CERT_REVOKED:
            let entry = lists.lazy.compactMap { $0.revocation(of: certificate) }.first
            if let at = entry, moment < at { return }
            throw .revoked(subject: certificate.subject, at: entry, by: "revocation list of \(issuer)")
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
            throw .revocationUnknown(subject: certificate.subject, .noList(of: issuer))
        case X509_V_ERR_CRL_HAS_EXPIRED: throw .revocationUnknown(subject: certificate.subject, .expiredList(of: issuer))
        case X509_V_ERR_CRL_NOT_YET_VALID: throw .revocationUnknown(subject: certificate.subject, .listNotYetValid(of: issuer))
        case X509_V_ERR_CRL_SIGNATURE_FAILURE, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            throw .revocationUnknown(subject: certificate.subject, .forgedList(of: issuer))
        default:
            throw .path(subject: certificate.subject, reason: CertificationPath.reason(code))
        }
    }

    /// The certificate's issuer in this path: an intermediate or an anchor by whose key it is signed.
    var issuer: Certificate? {
        (authority.anchors + authority.intermediates + brought).first { candidate in
            candidate.isCertificationAuthority && X509_check_issued(candidate.handle.pointer, certificate.handle.pointer) == X509_V_OK
                && X509_verify(certificate.handle.pointer, X509_get0_pubkey(candidate.handle.pointer)) == 1
        }
    }

    private func verdict(lists: [RevocationList], at moment: XMLDateTime?) -> (code: Int32, depth: Int32) {
        var anchors = authority.anchors.map { Optional($0.handle.pointer) }
        var others = (authority.intermediates + brought).map { Optional($0.handle.pointer) }
        var handles = lists.map { Optional($0.handle.pointer) }
        var depth: Int32 = 0
        let code = coconect_verify_path(
            certificate.handle.pointer, &anchors, Int32(anchors.count), &others, Int32(others.count), &handles, Int32(handles.count),
            moment == nil ? 0 : 1, moment?.seconds ?? 0, &depth)
        ERR_clear_error()
        return (code, depth)
    }

    private static func reason(_ code: Int32) -> String { String(cString: X509_verify_cert_error_string(Int(code))) }
    private static func place(_ depth: Int32) -> String { depth == 0 ? "" : " (\(depth) above the signer's certificate)" }
}
