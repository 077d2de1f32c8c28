internal import COpenSSL
internal import XML

/// Path validation by OpenSSL (RFC 5280, section 6) against the anchors of one authority.
struct CertificationPath {
    let certificate: Certificate
    let authority: Authority
    /// Further certificates that the message brought; looked through, never trusted.
    let brought: [Certificate]

    /// Why the certificate does not come from the authority at all (signatures, constraints and key usages of the path, without
    /// time); `nil` where it does.
    var defect: String? {
        let (code, depth) = verdict(lists: [], at: nil)
        return code == X509_V_OK ? nil : CertificationPath.reason(code) + CertificationPath.place(depth)
    }

    /// The path at a moment.
    func check(at moment: XMLDateTime) throws(TrustError) {
        let (code, depth) = verdict(lists: [], at: moment)
        guard code != X509_V_OK else { return }
        throw .path(subject: certificate.subject, reason: CertificationPath.reason(code) + CertificationPath.place(depth))
    }

    /// Whether a list names a certificate of the path as revoked by the moment. An old list tells that as well as a current one.
    func checkNamed(in lists: [RevocationList], at moment: XMLDateTime) throws(TrustError) {
        for member in members {
            for list in lists {
                guard list.issuerName == member.issuerName, let at = list.revocation(of: member), at <= moment else { continue }
                throw .revoked(subject: member.subject, at: at, by: "revocation list of \(list.issuer)")
            }
        }
    }

    /// Whether a certificate of the path, of those that only the message brought too, signed the list.
    func vouches(for list: RevocationList) -> Bool { list.isSigned(by: Array(members.dropFirst())) }

    /// Whether current lists speak for every certificate below the anchor.
    ///
    /// - Throws: `TrustError.revoked` or `.revocationUnknown`.
    func check(_ lists: [RevocationList], at moment: XMLDateTime) throws(TrustError) {
        try checkNamed(in: lists, at: moment)
        guard !lists.isEmpty else { throw .revocationUnknown(subject: certificate.subject, .noList(of: certificate.issuer)) }
        // A list that came later than the moment that is judged says more about it, not less.
        let time = lists.map(\.from).filter { $0 > moment }.min() ?? moment
        let (code, depth) = verdict(lists: lists, at: time)
        let members = members
        let member = members.indices.contains(Int(depth)) ? members[Int(depth)] : certificate
        switch code {
        // What a list named was named for a later time, or it would have been told already.
        case X509_V_OK, X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_REVOKED: return
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
            throw .revocationUnknown(subject: member.subject, .noList(of: member.issuer))
        case X509_V_ERR_CRL_HAS_EXPIRED: throw .revocationUnknown(subject: member.subject, .expiredList(of: member.issuer))
        case X509_V_ERR_CRL_NOT_YET_VALID: throw .revocationUnknown(subject: member.subject, .listNotYetValid(of: member.issuer))
        case X509_V_ERR_CRL_SIGNATURE_FAILURE, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            throw .revocationUnknown(subject: member.subject, .forgedList(of: member.issuer))
        default:
            throw .path(subject: member.subject, reason: CertificationPath.reason(code))
        }
    }

    /// The certificate's issuer in this path: an intermediate or an anchor by whose key it is signed.
    var issuer: Certificate? { issuer(of: certificate) }

    /// The certificates below the anchor, the signer's first.
    private var members: [Certificate] {
        var members = [certificate]
        while members.count < 8, let last = members.last, let next = issuer(of: last) {
            guard !authority.anchors.contains(where: { $0.fingerprint == next.fingerprint }) else { break }
            members.append(next)
        }
        return members
    }

    private func issuer(of subject: Certificate) -> Certificate? {
        defer { ERR_clear_error() }
        return (authority.issuers + brought).first { candidate in
            candidate.isCertificationAuthority && X509_check_issued(candidate.handle.pointer, subject.handle.pointer) == X509_V_OK
                && X509_verify(subject.handle.pointer, X509_get0_pubkey(candidate.handle.pointer)) == 1
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
