/// Whose certificate it is, and whether it is good: rules 5xx.
extension RuleGuidance {
    static let trust: [Int: RuleGuidance] = [
        501: RuleGuidance(
            meaning: """
                No partner is known by the certificate that the message names: it is not registered here, and it does not come, with the \
                right subject, from an authority that is registered for a partner. The signature was not computed, so it is not known \
                whether it would hold. Where a partner is registered by its authority, the message must bring the certificate itself; a \
                serial number or thumbprint leads to registered certificates only.
                """,
            causes: [
                .any(
                    """
                    The certificate was renewed and signs already, and the new one was not sent to this gateway, or the operator has not \
                    yet put it into the partner's file.
                    """),
                .any(
                    """
                    The certificate of the test system signs in production or the other way round, or the one for TLS in place of the \
                    one for signing.
                    """),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    The alias is another one than was meant, or an intermediate certificate is missing here: `useSingleCertificate` set \
                    to false sends the path (`X509PKIPathv1`).
                    """),
                .toolkit(
                    ".NET (WCF)",
                    """
                    The certificate is looked up by its subject (`FindBySubjectName`), and the store has an older or a newer one of the \
                    same name. Use the thumbprint.
                    """),
                .toolkit("Proxy or service bus", "A bus signs with its own certificate."),
            ],
            advice: """
                The certificate that signs your message is not registered with us; please send it to us, without the private key, \
                through the channel that we agreed on, and tell us from when on you sign with it. If we registered your authority \
                instead, please send the certificate as a BinarySecurityToken, with its intermediate certificates.
                """),
        502: RuleGuidance(
            meaning: """
                What the message says of its certificate fits more than one registered certificate, or the certificate comes from an \
                authority under which more than one partner is registered. The gateway does not guess whose message it is.
                """,
            causes: [
                .any(
                    """
                    The certificate was renewed with the same key. Both have the same subject key identifier, and KeyInfo names nothing \
                    else (WSS4J's `SKIKeyIdentifier`).
                    """),
                .any(
                    """
                    On our side: two partners are registered with the same authority, and their files do not say which subject each has. \
                    The operator narrows them.
                    """),
            ],
            advice: """
                What your message says of your certificate fits more than one certificate that we know. Please send the certificate \
                itself as a BinarySecurityToken (direct reference). If you do so already, the reason is in our registration, and we will \
                look at it.
                """),
        503: RuleGuidance(
            meaning: """
                The certificate says of itself that it is a certification authority (basicConstraints CA). Whoever holds such a key can \
                issue certificates, so it must not be the one that signs messages every day.
                """,
            causes: [
                .toolkit(
                    "OpenSSL",
                    """
                    `openssl req -x509` makes a self-signed certificate with CA:TRUE unless its configuration says otherwise.
                    """),
                .any("The keystore holds the authority's entry, and its alias was configured in place of the signer's."),
                .any("A small own authority signs messages with its root key, to save a certificate."),
            ],
            advice: """
                The certificate that signs your message is that of a certification authority. Please sign with an end-entity certificate \
                (basicConstraints CA:FALSE, key usage digitalSignature) and send us that one.
                """),
        504: RuleGuidance(
            meaning: """
                The certificate has a key usage, and it names neither digitalSignature nor nonRepudiation (contentCommitment). Its \
                issuer did not mean it for signing, so its signature would not count.
                """,
            causes: [
                .any(
                    """
                    The authority issues a pair, one certificate to sign and one to encrypt, and the one for encryption \
                    (keyEncipherment, dataEncipherment) was taken.
                    """),
                .any("The certificate was made for a TLS server with keyEncipherment or keyAgreement alone."),
                .any("The template of the authority for this kind of system has no digitalSignature."),
            ],
            advice: """
                The key usage of your signing certificate does not allow signatures. Please sign with a certificate that has \
                digitalSignature or nonRepudiation in its key usage; where your authority issues a pair, that is the one for signing. \
                Then send us that certificate.
                """),
        505: RuleGuidance(
            meaning: """
                The certificate's validity (notBefore) begins later than the time here. The signature held; it is the certificate that \
                is not valid yet.
                """,
            causes: [
                .any("The new certificate was put to work on the day that it came, and is valid from a later one."),
                .any("The authority writes its local time as UTC, so that a new certificate becomes valid some hours late."),
                .any("The clock of this gateway is behind. The fault tells its time; compare it with a source of your own."),
            ],
            advice: """
                Your signing certificate is not valid yet at the time here, which the fault tells. Please go on signing with the \
                certificate before it until then, or check which certificate your system has active.
                """),
        506: RuleGuidance(
            meaning: """
                The certificate's validity (notAfter) has ended. The signature held, but an expired certificate no longer stands for its \
                owner, and its issuer no longer says whether it was revoked.
                """,
            causes: [
                .any("The certificate was not renewed in time, or it was and the signing system still has the old one."),
                .any(
                    """
                    Keystore and program were updated on one of several servers only, so that a part of the messages still comes with \
                    the old one.
                    """),
                .toolkit(
                    "Apache CXF / WSS4J",
                    """
                    The renewed certificate has an alias of its own, and the configuration names the old one.
                    """),
            ],
            advice: """
                Your signing certificate has expired. Please sign with its successor on all your servers, and send it to us first if you \
                have not done so. Messages that were refused meanwhile must be signed anew and can then be sent again with the same \
                FunctionalReferenceID.
                """),
        507: RuleGuidance(
            meaning: """
                The certificate is registered here, but from a later time on, as it was announced. The window belongs to the partner's \
                file and not to the certificate; it keeps a successor from being used before both sides agreed.
                """,
            causes: [
                .any("The change to the new certificate was made earlier than it was announced."),
                .any("The time was announced in local time and written into the partner's file as UTC."),
                .any("One of several servers was changed before the others."),
            ],
            advice: """
                Your certificate is registered with us for a later time than now. Please go on with the certificate before it until \
                then; or tell us that you have changed already, and we will move the date.
                """),
        508: RuleGuidance(
            meaning: """
                The certificate is registered here, and the time until which the partner wanted to sign with it is over. It may well be \
                valid still; a retired key must not go on signing.
                """,
            causes: [
                .any("One of several servers, or a standby that has taken over, still has the old key."),
                .any("The change to the successor was put off, and nobody told this gateway."),
                .any("Messages were signed before the change and waited in a queue."),
            ],
            advice: """
                You announced that the use of this certificate ended. Please sign with its successor on all servers, the standby too. If \
                you still need the old one, please tell us until when, and we will move the date.
                """),
        509: RuleGuidance(
            meaning: """
                The certificate comes from an authority that is registered for the partner, but the path to it is not valid at this \
                time; the log says which certificate of the path, and why. (A certificate that does not lead to a registered authority \
                at all is refused by rule 501.)
                """,
            causes: [
                .any("An intermediate certificate, or the root that is registered here, has expired, while the signer's is still valid."),
                .any("The authority renewed its intermediate certificate, and messages or this gateway still have the old one."),
                .any("On our side: the root or the intermediates in the partner's file are the authority's former ones."),
            ],
            advice: """
                Your signing certificate does not lead to your authority by a valid path. Please send us the current intermediate and \
                root certificates of your authority, or send the whole path with each message as an X509PKIPathv1 token.
                """),
        510: RuleGuidance(
            meaning: """
                A revocation list, or an OCSP responder, says that the certificate (or one above it) was revoked before now. It may also \
                stand on a list that the operator of this gateway made in an emergency. Whoever signed can no longer be taken for its \
                owner.
                """,
            causes: [
                .any("The key was lost, or may have been stolen, and was reported to the authority."),
                .any(
                    """
                    The authority revokes the old certificate when it issues the new one, while the signing system still uses the old.
                    """),
                .any("The certificate was suspended (certificateHold), because of a form or a fee, and nobody told the technical staff."),
            ],
            advice: """
                Your signing certificate is revoked according to its authority. Please ask your authority why and since when, sign with \
                a new certificate, and send us that one. If you did not ask for the revocation yourself, please treat it as an incident \
                and call us.
                """),
        511: RuleGuidance(
            meaning: """
                Whether the certificate was revoked cannot be found out at the moment, and this gateway is set to refuse then. The \
                sender did nothing wrong, and the fault blames the receiver: the same message may be sent again. The log says what is \
                missing: a list, its signature, or the answer of an OCSP responder.
                """,
            causes: [
                .any("The authority did not publish its next revocation list in time; the one at hand has expired."),
                .any(
                    """
                    The address of the list or of the responder cannot be reached from here: firewall, name service, or the authority is \
                    down.
                    """),
                .any("The responder's answer cannot be used: signed by another key, too old, or of a clock that is wrong."),
                .any("The list is signed by a new key of the authority that is not registered here."),
            ],
            advice: """
                We cannot find out at the moment whether your certificate was revoked; this is not a fault of your message. Please send \
                the same message again later. It would help if you told your authority that its revocation list or OCSP responder was \
                not available; we are looking at our side.
                """),
        512: RuleGuidance(
            meaning: """
                The certificate says in an organizational unit of its subject which environment it is for (coconect dev, test or prod), \
                and this gateway is another one. So a message of a test cannot become a real one.
                """,
            causes: [
                .any("The production system has the keystore of the test, or the client of the test calls the address of production."),
                .any("A copy of the production system was made for tests, with its configuration and addresses."),
            ],
            advice: """
                The certificate that signs your message is made for another environment than this gateway. Please check address and \
                keystore: sign with the certificate of this environment, or send the message to the gateway of the other one.
                """),
    ]
}
