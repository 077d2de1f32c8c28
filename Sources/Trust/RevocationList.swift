internal import COpenSSL
public import XML

/// A certificate revocation list (RFC 5280, section 5), as it was read; who signed it is judged with the path.
public struct RevocationList: Sendable {
    public let bytes: [UInt8]
    /// RFC 4514.
    public let issuer: String
    let issuerName: DistinguishedName
    public let from: XMLDateTime
    /// When the next one was to come; a list without it never expires and is not read.
    public let until: XMLDateTime

    let handle: CRLHandle

    /// - Parameter bytes: DER, or PEM. `nil` where it is no list, or one without nextUpdate (RFC 5280, section 5.1.2.5 demands it).
    public init?(_ bytes: [UInt8]) {
        guard let handle = CRLHandle(bytes), let issuerName = DistinguishedName(X509_CRL_get_issuer(handle.pointer)),
            let from = XMLDateTime(X509_CRL_get0_lastUpdate(handle.pointer)),
            let until = XMLDateTime(X509_CRL_get0_nextUpdate(handle.pointer))
        else { return nil }
        self.bytes = bytes
        self.handle = handle
        self.issuerName = issuerName
        self.from = from
        self.until = until
        issuer = text(of: X509_CRL_get_issuer(handle.pointer))
    }

    /// Whether one of the certificates signed it: by name, by key, and allowed to (RFC 5280, section 6.3.3 (f) and (g)).
    func isSigned(by issuers: [Certificate]) -> Bool {
        guard !isWeak(signature: X509_CRL_get_signature_nid(handle.pointer)) else { return false }
        defer { ERR_clear_error() }
        return issuers.contains { issuer in
            X509_NAME_cmp(X509_get_subject_name(issuer.handle.pointer), X509_CRL_get_issuer(handle.pointer)) == 0
                && X509_get_key_usage(issuer.handle.pointer) & UInt32(KU_CRL_SIGN) != 0
                && X509_CRL_verify(handle.pointer, X509_get0_pubkey(issuer.handle.pointer)) == 1
        }
    }

    /// When the certificate was revoked; `nil` where the list does not name it.
    func revocation(of certificate: Certificate) -> XMLDateTime? {
        var entry: OpaquePointer?
        guard X509_CRL_get0_by_cert(handle.pointer, &entry, certificate.handle.pointer) == 1, let entry else { return nil }
        return XMLDateTime(X509_REVOKED_get0_revocationDate(entry))
    }

    /// Since when the key of a revoked certificate is known or suspected to be in wrong hands (RFC 5280, section 5.3.2), which may be long
    /// before it was revoked; `nil` where the list does not say.
    func invalidity(of certificate: Certificate) -> XMLDateTime? {
        var entry: OpaquePointer?
        guard X509_CRL_get0_by_cert(handle.pointer, &entry, certificate.handle.pointer) == 1, let entry,
            let found = X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, nil, nil)
        else { return nil }
        let time = found.assumingMemoryBound(to: ASN1_GENERALIZEDTIME.self)
        defer { ASN1_GENERALIZEDTIME_free(time) }
        return XMLDateTime(time)
    }
}
