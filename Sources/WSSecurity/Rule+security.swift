public import SOAP

/// Rules about the Security header, the signature, the signer's certificate and time. Numbers and codes are never changed and never used again.
extension Rule {
    public static let securityHeaderMissing = Rule(
        301, "security-header-missing",
        reason: "A message must have a wsse:Security header for this receiver.",
        remedy: "Sign Body and Timestamp with an X.509 certificate (WS-Security 1.1).")
    public static let securityHeaderRepeated = Rule(
        302, "security-header-repeated",
        reason: "Only one wsse:Security header may be meant for this receiver.",
        remedy: "Send one, or give others another actor or role.")
    public static let securityHeaderContent = Rule(
        303, "security-header-content",
        reason: "The Security header holds BinarySecurityToken, Signature and Timestamp; what is not read could hide something.",
        remedy: "Leave the other elements out.")
    public static let signatureMissing = Rule(
        304, "signature-missing",
        reason: "A message must be signed.",
        remedy: "Turn signing on in the toolkit.")
    public static let signatureRepeated = Rule(
        305, "signature-repeated",
        reason: "The Security header holds one Signature.",
        remedy: "Sign once, all parts with one Signature.")
    public static let timestampMissing = Rule(
        306, "timestamp-missing",
        reason: "A message must have a signed wsu:Timestamp: without it an old message could come again.",
        remedy: "Add a Timestamp and sign it.")
    public static let timestampMalformed = Rule(
        307, "timestamp-malformed",
        reason: "There is one Timestamp with Created and at most one Expires (WS-Security 1.1, section 10).",
        remedy: "Write the times as 2026-11-22T10:00:00Z.")
    public static let tokenReference = Rule(
        308, "token-reference",
        reason:
            "KeyInfo must name the certificate in a way of the X.509 Token Profile: BinarySecurityToken (X509v3, X509PKIPathv1), IssuerSerial, key identifier, thumbprint or X509Data.",
        remedy: "Set one of these ways in the toolkit. Bare keys (KeyValue) are never read.")
    public static let signatureMalformed = Rule(
        401, "signature-malformed",
        reason: "The Signature must be built as XML Signature, section 4, has it, without anything that is not read.",
        remedy: "Sign with a toolkit and do not edit what it made.")
    public static let algorithmNotAllowed = Rule(
        402, "algorithm-not-allowed",
        reason: "Only algorithms of the allow-list are computed: exclusive C14N, SHA-2, RSA, RSA-PSS and ECDSA.",
        remedy: "Set exclusive C14N, SHA-256 and RSA-SHA256 or ECDSA-SHA256 in the toolkit; the operator can allow SHA-1 for a time.")
    public static let signatureLimit = Rule(
        403, "signature-limit",
        reason: "References, transforms and prefixes are limited, so that a signature costs no more than its message.",
        remedy: "Sign Body, Timestamp and addressing headers only.")
    public static let referenceNotAllowed = Rule(
        404, "reference-not-allowed",
        reason: "A Reference may only be # and an id of this message.",
        remedy: "Sign elements by their ids, not by XPath and not outside the message.")
    public static let referenceRepeated = Rule(
        405, "reference-repeated",
        reason: "A part may be signed once.",
        remedy: "Drop the second Reference.")
    public static let keyTooShort = Rule(
        406, "key-too-short",
        reason: "An RSA key must have at least 2048 bits.",
        remedy: "Make a new key and register its certificate.")
    public static let keyDoesNotFit = Rule(
        407, "key-does-not-fit",
        reason: "The signature algorithm must be one of the certificate's key.",
        remedy: "Sign with the key of the certificate that the message names.")
    public static let signatureWrong = Rule(
        408, "signature-wrong",
        reason: "SignatureValue must be the signer's over SignedInfo.",
        remedy: "Check that the certificate and the private key belong together, and that nothing changes the message after signing.")
    public static let referenceNotFound = Rule(
        409, "reference-not-found",
        reason: "Each Reference must find its element.",
        remedy: "Write the id as wsu:Id (or Id, xml:id) on the element.")
    public static let digestWrong = Rule(
        410, "digest-wrong",
        reason: "Each signed part must be as it was signed.",
        remedy: "Find what changes the message after signing: indentation, line ends, prefixes, encoding.")
    public static let partNotSigned = Rule(
        411, "part-not-signed",
        reason: "Body and Timestamp must be the very elements that the signature covers, in their places.",
        remedy: "Sign the Body and the Timestamp themselves, by their own ids.")
    public static let secondOpinion = Rule(
        412, "second-opinion",
        reason: "Both verification engines must agree.",
        remedy: "Tell the operator the correlation id; this should never happen.")
    public static let signerUnknown = Rule(
        501, "signer-unknown",
        reason: "The certificate must be registered here, or come from a partner's registered authority.",
        remedy: "Send the certificate to the operator of this gateway.")
    public static let signerAmbiguous = Rule(
        502, "signer-ambiguous",
        reason: "What the message says of its certificate must fit one partner and one certificate.",
        remedy: "Send the certificate itself as a BinarySecurityToken.")
    public static let certificateIsCA = Rule(
        503, "certificate-is-ca",
        reason: "A certification authority's certificate does not sign messages.",
        remedy: "Sign with an end-entity certificate.")
    public static let certificateKeyUsage = Rule(
        504, "certificate-key-usage",
        reason: "The key usage must allow digitalSignature or nonRepudiation (RFC 5280, section 4.2.1.3).",
        remedy: "Use a certificate that is issued for signing.")
    public static let certificateNotYetValid = Rule(
        505, "certificate-not-yet-valid",
        reason: "The certificate must be valid at the moment.",
        remedy: "Check the clock, or go on signing with the certificate before.")
    public static let certificateExpired = Rule(
        506, "certificate-expired",
        reason: "The certificate must not have expired.",
        remedy: "Register the successor and sign with it.")
    public static let certificateNotYetAnnounced = Rule(
        507, "certificate-not-yet-announced",
        reason: "The certificate is registered for a later time.",
        remedy: "Sign with the certificate before until then, or ask the operator to move the date.")
    public static let certificateRetired = Rule(
        508, "certificate-retired",
        reason: "The certificate's use ended, as the partner announced.",
        remedy: "Sign with the successor.")
    public static let certificatePath = Rule(
        509, "certificate-path",
        reason: "The path from the certificate to the partner's authority must be valid (RFC 5280, section 6).",
        remedy: "Look at the reason; send intermediates as X509PKIPathv1 or give them to the operator.")
    public static let certificateRevoked = Rule(
        510, "certificate-revoked",
        reason: "The certificate must not be revoked.",
        remedy: "Register a new certificate.")
    public static let revocationUnknown = Rule(
        511, "revocation-unknown",
        reason: "A current revocation list or OCSP answer must say that the certificate is good.",
        remedy: "The authority must publish a current list; the operator decides what holds until then.")
    public static let certificateEnvironment = Rule(
        512, "certificate-environment",
        reason: "A certificate that is made for one environment (organizational unit coconect dev, test or prod) does not sign in another.",
        remedy: "Sign with the certificate of this environment.")
    public static let timestampInFuture = Rule(
        601, "timestamp-in-future",
        reason: "A message may not come from the future, beyond the tolerance for clocks.",
        remedy: "Set the sender's clock by NTP; the fault tells this server's time.")
    public static let timestampExpired = Rule(
        602, "timestamp-expired",
        reason: "A message lives until Expires, and no longer than the limit.",
        remedy: "Sign the message anew and send it at once; check the clock.")
    public static let addressing = Rule(
        603, "addressing",
        reason: "WS-Addressing headers may not contradict the message, and answers go back on the same connection only.",
        remedy: "Send the anonymous ReplyTo and this gateway's own address in To, or no addressing at all.")

    public static let securityRules: [Rule] = [
        .securityHeaderMissing, .securityHeaderRepeated, .securityHeaderContent, .signatureMissing, .signatureRepeated, .timestampMissing,
        .timestampMalformed, .tokenReference, .signatureMalformed, .algorithmNotAllowed, .signatureLimit, .referenceNotAllowed,
        .referenceRepeated, .keyTooShort, .keyDoesNotFit, .signatureWrong, .referenceNotFound, .digestWrong, .partNotSigned, .secondOpinion,
        .signerUnknown, .signerAmbiguous, .certificateIsCA, .certificateKeyUsage, .certificateNotYetValid, .certificateExpired,
        .certificateNotYetAnnounced, .certificateRetired, .certificatePath, .certificateRevoked, .revocationUnknown,
        .certificateEnvironment, .timestampInFuture,
        .timestampExpired, .addressing,
    ]
}
