public import SOAP
public import Trust
public import XML
public import XMLSignature

/// Why a message is not accepted as signed. Each case is one rule.
public enum SecurityRefusal: Error, Sendable {
    case document(XMLError)
    case securityHeaderMissing
    case securityHeaders(count: Int)
    case headerContent(String)
    case signatureMissing
    case signatures(count: Int)
    case timestampMissing
    case timestampMalformed(String)
    case tokenReference(String)
    case trust(TrustError)
    case signature(SignatureError)
    case notSigned(part: String)
    case addressing(String)
    case created(future: XMLDateTime, now: XMLDateTime, tolerance: Int)
    case expired(at: XMLDateTime, now: XMLDateTime)
    case secondOpinion(reasons: [String])
}

extension SecurityRefusal {
    /// The fault code of WSS 1.1, section 12.
    public var faultCode: String {
        switch self {
        case .document, .securityHeaderMissing, .securityHeaders, .headerContent, .signatureMissing, .signatures,
            .timestampMissing, .timestampMalformed, .addressing:
            "InvalidSecurity"
        case .tokenReference: "SecurityTokenUnavailable"
        case .trust(.unknownSigner), .trust(.ambiguousSigner): "SecurityTokenUnavailable"
        case .trust: "InvalidSecurityToken"
        case .signature(.algorithmNotAllowed): "UnsupportedAlgorithm"
        case .signature(.weakKey), .signature(.keyDoesNotFit): "InvalidSecurityToken"
        case .signature, .notSigned, .secondOpinion: "FailedCheck"
        case .created, .expired: "MessageExpired"
        }
    }

    /// The rule that refuses.
    public var rule: Rule {
        switch self {
        case .document(let error): error.rule
        case .securityHeaderMissing: .securityHeaderMissing
        case .securityHeaders: .securityHeaderRepeated
        case .headerContent: .securityHeaderContent
        case .signatureMissing: .signatureMissing
        case .signatures: .signatureRepeated
        case .timestampMissing: .timestampMissing
        case .timestampMalformed: .timestampMalformed
        case .tokenReference: .tokenReference
        case .trust(let error): error.rule
        case .signature(let error): error.rule
        case .notSigned: .partNotSigned
        case .addressing: .addressing
        case .created: .timestampInFuture
        case .expired: .timestampExpired
        case .secondOpinion: .secondOpinion
        }
    }

    public var code: String { rule.code }
}

extension SignatureError {
    var rule: Rule {
        switch self {
        case .malformed: .signatureMalformed
        case .algorithmNotAllowed: .algorithmNotAllowed
        case .tooMany: .signatureLimit
        case .referenceNotAllowed: .referenceNotAllowed
        case .referenceRepeated: .referenceRepeated
        case .referenceNotFound: .referenceNotFound
        case .weakKey: .keyTooShort
        case .keyDoesNotFit: .keyDoesNotFit
        case .signatureValueWrong, .signatureValueForm: .signatureWrong
        case .digestWrong: .digestWrong
        case .document(let error): error.rule
        }
    }
}

extension TrustError {
    var rule: Rule {
        switch self {
        case .unknownSigner: .signerUnknown
        case .ambiguousSigner: .signerAmbiguous
        case .certificationAuthority: .certificateIsCA
        case .mayNotSign: .certificateKeyUsage
        case .otherEnvironment: .certificateEnvironment
        case .notYetValid: .certificateNotYetValid
        case .expired: .certificateExpired
        case .notYetAnnounced: .certificateNotYetAnnounced
        case .retired: .certificateRetired
        case .path: .certificatePath
        case .revoked: .certificateRevoked
        case .revocationUnknown, .responderNotAsked: .revocationUnknown
        }
    }
}

extension SecurityRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .document(let error): error.description
        case .securityHeaderMissing:
            "the message has no wsse:Security header; sign Body and Timestamp with an X.509 certificate (WS-Security 1.1)"
        case .securityHeaders(let count): "\(count) wsse:Security headers are meant for this receiver, only one may be"
        case .headerContent(let detail): "the wsse:Security header holds something that is not read: \(detail)"
        case .signatureMissing: "the wsse:Security header has no ds:Signature; the message is not signed"
        case .signatures(let count): "\(count) ds:Signature elements in the wsse:Security header, only one may be"
        case .timestampMissing: "the wsse:Security header has no wsu:Timestamp; add one and sign it"
        case .timestampMalformed(let detail): "the wsu:Timestamp is not as WS-Security 1.1, section 10, has it: \(detail)"
        case .tokenReference(let detail): "the signer's certificate cannot be found: \(detail)"
        case .trust(let error): error.description
        case .signature(let error): error.description
        case .notSigned(let part): "\(part) is not covered by the signature in the place where it stands; sign it by its own id"
        case .addressing(let detail): detail
        case .created(let future, let now, let tolerance):
            "the Timestamp was created at \(future.text), more than \(tolerance) s after this server's time \(now.text); check the sender's clock"
        case .expired(let at, let now):
            "the message expired at \(at.text); this server's time is \(now.text): send it anew, or check the sender's clock"
        case .secondOpinion(let reasons):
            "libxmlsec1 does not agree that the signature is good: \(reasons.joined(separator: "; "))"
        }
    }
}
