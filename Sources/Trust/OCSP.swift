internal import COpenSSL
public import XML
public import XMLSignature

/// What an OCSP responder is asked about one certificate (RFC 6960, section 4.1).
public struct OCSPQuestion: Hashable, Sendable {
    public let url: String
    /// The certificate asked about.
    public let fingerprint: Digest
    /// DER, to be sent by POST as application/ocsp-request.
    public let request: [UInt8]

    init?(url: String, certificate: Certificate, issuer: Certificate) {
        guard let request = OCSP_REQUEST_new() else { return nil }
        defer { OCSP_REQUEST_free(request) }
        guard let id = OCSP_cert_to_id(nil, certificate.handle.pointer, issuer.handle.pointer) else { return nil }
        guard OCSP_request_add0_id(request, id) != nil else {
            OCSP_CERTID_free(id)
            return nil
        }
        var der = [UInt8](repeating: 0, count: Int(max(0, i2d_OCSP_REQUEST(request, nil))))
        der.withUnsafeMutableBufferPointer { bytes in
            var cursor = bytes.baseAddress
            _ = i2d_OCSP_REQUEST(request, &cursor)
        }
        self.url = url
        fingerprint = certificate.fingerprint
        self.request = der
    }
}

/// A responder's answer, kept as it came: judged anew at each use, so that it is evidence and not a memory.
public struct OCSPAnswer: Sendable {
    public let bytes: [UInt8]
    public let receivedAt: XMLDateTime

    public init(_ bytes: [UInt8], receivedAt: XMLDateTime) {
        self.bytes = bytes
        self.receivedAt = receivedAt
    }

    enum Status {
        case good
        case revoked(at: XMLDateTime?)
        case gap(RevocationGap)
    }

    /// Seconds that clocks of responders may differ from ours.
    private static let tolerance = 300

    func status(of certificate: Certificate, issuer: Certificate, at moment: XMLDateTime) -> Status {
        let parsed = bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_OCSP_RESPONSE(nil, &cursor, buffer.count)
        }
        defer { ERR_clear_error() }
        guard let parsed else { return .gap(.badAnswer("no OCSP response")) }
        defer { OCSP_RESPONSE_free(parsed) }
        let code = OCSP_response_status(parsed)
        guard code == OCSP_RESPONSE_STATUS_SUCCESSFUL, let basic = OCSP_response_get1_basic(parsed) else {
            return .gap(.badAnswer(String(cString: OCSP_response_status_str(Int(code)))))
        }
        defer { OCSP_BASICRESP_free(basic) }
        var algorithm: OpaquePointer?
        X509_ALGOR_get0(&algorithm, nil, nil, OCSP_resp_get0_tbs_sigalg(basic))
        guard !isWeak(signature: OBJ_obj2nid(algorithm)) else { return .gap(.badAnswer("it is signed with a digest that is too weak")) }
        guard coconect_ocsp_verify(basic, issuer.handle.pointer, nil) == 1 else {
            return .gap(.badAnswer("it is signed neither by the authority nor by a responder of it"))
        }
        guard let id = OCSP_cert_to_id(nil, certificate.handle.pointer, issuer.handle.pointer) else { return .gap(.badAnswer("no memory")) }
        defer { OCSP_CERTID_free(id) }
        return judge(basic, id, at: moment)
    }

    private func judge(_ basic: OpaquePointer, _ id: OpaquePointer, at moment: XMLDateTime) -> Status {
        var (status, reason) = (Int32(0), Int32(0))
        var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var from: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var until: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        guard OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &from, &until) == 1 else {
            return .gap(.badAnswer("it says nothing about this certificate"))
        }
        // That a certificate was revoked does not become untrue with the answer's age.
        if status == V_OCSP_CERTSTATUS_REVOKED {
            let at = XMLDateTime(revoked.map { UnsafePointer($0) })
            return at.map { moment < $0 } == true ? .good : .revoked(at: at)
        }
        let tolerance = Int64(OCSPAnswer.tolerance)
        guard let start = XMLDateTime(from.map { UnsafePointer($0) }), start <= moment.adding(seconds: tolerance) || moment < receivedAt
        else {
            return .gap(.badAnswer("it is not valid yet"))
        }
        if let end = XMLDateTime(until.map { UnsafePointer($0) }), end.adding(seconds: tolerance) < moment {
            return .gap(.badAnswer("it has expired"))
        }
        return status == V_OCSP_CERTSTATUS_GOOD ? .good : .gap(.badAnswer("the responder does not know the certificate"))
    }
}
