internal import Trust
internal import WSSecurity
internal import XML
internal import XMLSignature

/// Judges the signatures of one document, each by the certificate that stands in its KeyInfo, with both engines.
struct DocumentSignatureJudge {
    /// `nil` judges integrity alone.
    let anchors: DocumentAnchors?
    /// A signature made later than this claims the impossible.
    let now: XMLDateTime
    private let ids: IDTable
    private let idNames: [XMLName]

    /// Claims without an offset may be of any time zone; clocks differ a little.
    private static let (zones, skew): (Int64, Int64) = (14 * 3600, 300)

    /// A signature as judged.
    struct Judged {
        var signature: DocumentSignature
        /// The very elements that it covers; none where it does not hold.
        var covered: [XMLElement] = []
        var certificate: Certificate?
    }

    /// When a document claims that it was signed.
    struct Claim {
        let moment: XMLDateTime
        let hasOffset: Bool
    }

    init(_ document: XMLDocument, idNames: [XMLName], anchors: DocumentAnchors?, now: XMLDateTime) throws(XMLError) {
        self.anchors = anchors
        self.now = now
        self.idNames = idNames
        ids = try IDTable(document, names: idNames)
    }

    /// - Parameter moment: for which the certificate is judged.
    func judge(_ element: XMLElement, role: String?, claim: Claim?, at moment: XMLDateTime) -> Judged {
        var judged = Judged(signature: DocumentSignature(role: role, place: element.path, judgedAt: moment))
        judge(element, claim, at: moment, &judged)
        return judged
    }

    private func judge(_ element: XMLElement, _ claim: Claim?, at moment: XMLDateTime, _ judged: inout Judged) {
        var found = judged.signature
        defer { judged.signature = found }
        found.signedAt = claim?.moment.text
        do throws(SignatureError) {
            let signed = try SignedInfo(reading: element, policy: .document)
            found.signatureAlgorithm = signed.algorithm.rawValue
            let certificates = try DocumentSignatureJudge.certificates(signed.keyInfo)
            guard let certificate = certificates.first(where: { !$0.isCertificationAuthority }) ?? certificates.first else {
                found.reason = "its KeyInfo holds no X509Certificate, so it is not known whose it is"
                return
            }
            judged.certificate = certificate
            found.signer = DocumentSignature.Signer(certificate)
            judgeTrust(certificate, brought: certificates, at: moment, claim, &found)
            let verified = try VerifiedSignature(verifying: signed, key: certificate.publicKey, ids: ids, policy: .document)
            found.integrity = .intact
            found.covers = verified.parts.map(\.element.path)
            if signed.usesSHA1 {
                found.warnings.append(
                    .init(code: "sha1", text: "SHA-1 was used, which is read in such documents only; it has been broken since 2017"))
            }
            ask(element, verified, certificate, &found)
            if found.integrity == .intact { judged.covered = verified.parts.map(\.element) }
        } catch {
            found.reason = error.description
            if case .digestWrong = error { found.integrity = .broken }
            if case .signatureValueWrong = error { found.integrity = .broken }
        }
    }

    private func ask(_ element: XMLElement, _ verified: VerifiedSignature, _ certificate: Certificate, _ found: inout DocumentSignature) {
        switch SecondOpinion(on: element, verified: verified, key: certificate.publicKey, idNames: idNames) {
        case .agrees: found.secondEngine = .agrees
        case .unable:
            found.secondEngine = .unable
            found.warnings.append(.init(code: "one-engine", text: "libxmlsec1 is not able to judge it: our own engine judged alone"))
        case .refuses(let reasons):
            found.secondEngine = .refuses
            found.integrity = .unknown
            found.reason = "libxmlsec1 does not agree that it holds: \(reasons.joined(separator: "; "))"
        }
    }

    private func judgeTrust(
        _ certificate: Certificate, brought: [Certificate], at moment: XMLDateTime, _ claim: Claim?,
        _ found: inout DocumentSignature
    ) {
        guard let anchors else { return }
        found.trust = .notTrusted
        do throws(TrustError) {
            let others = brought.filter { $0.fingerprint != certificate.fingerprint }
            let signer = try anchors.store.signer(.path(others.map(\.der) + [certificate.der]))
            found.signer?.knownAs = signer.owner
            if let gap = try signer.check(at: moment, evidence: anchors.store.evidence) {
                found.warnings.append(
                    .init(
                        code: "revocation-unknown", text: "whether the certificate was revoked cannot be said: \(gap.description)"))
            }
            if !signer.isRevocationAsked {
                found.warnings.append(
                    .init(code: "revocation-unknown", text: "no revocation list of its authority was given: it may have been revoked"))
            }
            let tolerance = claim?.hasOffset == true ? DocumentSignatureJudge.skew : DocumentSignatureJudge.zones
            if let claim, claim.moment > now.adding(seconds: tolerance) {
                found.trustReason = "it claims to be signed at \(claim.moment.text), which is still to come"
                return
            }
            guard !certificate.isForServersOnly else {
                found.trustReason = "the extended key usage of its certificate is for servers, not for who signs documents"
                return
            }
            if let since = signer.invalidity(evidence: anchors.store.evidence), since <= moment {
                found.trustReason = "its key was not to be trusted from \(since.text) on, as a revocation list says"
                return
            }
            found.trust = .trusted
            warnOfLaterRevocation(signer, &found)
        } catch {
            found.trustReason = error.description
        }
    }

    /// The time of signing is a claim of the signer: whoever has a stolen key can claim any.
    private func warnOfLaterRevocation(_ signer: KnownSigner, _ found: inout DocumentSignature) {
        guard let anchors, let (at, by) = signer.revocation(evidence: anchors.store.evidence) else { return }
        let when = at.map { " at \($0.text)" } ?? ""
        found.warnings.append(
            .init(
                code: "revoked-later",
                text: "the certificate was revoked\(when) (\(by)), after the time of signing that the document claims: nothing else proves "
                    + "that it was signed before"))
    }

    /// Every certificate in KeyInfo; a KeyValue beside them is not looked at.
    private static func certificates(_ keyInfo: XMLElement?) throws(SignatureError) -> [Certificate] {
        let elements = (keyInfo?.children(named: .signature("X509Data")) ?? []).flatMap {
            $0.children(named: .signature("X509Certificate"))
        }
        guard elements.count <= 10 else { throw .tooMany("certificates in KeyInfo", count: elements.count, limit: 10) }
        var certificates: [Certificate] = []
        for element in elements {
            guard element.isPlainText, let der = Base64.decode(element.text), let certificate = try? Certificate(der: der),
                certificate.isCanonical
            else { throw .malformed("X509Certificate in KeyInfo is no certificate in DER") }
            certificates.append(certificate)
        }
        return certificates
    }
}
