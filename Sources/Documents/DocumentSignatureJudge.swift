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

    /// Claims without an offset may be of any time zone.
    private static let zones: Int64 = 14 * 3600

    init(_ document: XMLDocument, idNames: [XMLName], anchors: DocumentAnchors?, now: XMLDateTime) throws(XMLError) {
        self.anchors = anchors
        self.now = now
        self.idNames = idNames
        ids = try IDTable(document, names: idNames)
    }

    /// - Parameters:
    ///   - signedAt: when the document claims that it was signed.
    ///   - moment: for which the certificate is judged.
    /// - Returns: what was found, and the very elements that the signature covers; none where it does not hold.
    func judge(
        _ element: XMLElement, role: String?, signedAt: XMLDateTime?, at moment: XMLDateTime
    ) -> (signature: DocumentSignature, covered: [XMLElement]) {
        var found = DocumentSignature(role: role, place: element.path, judgedAt: moment)
        found.signedAt = signedAt?.text
        do throws(SignatureError) {
            let signed = try SignedInfo(reading: element, policy: .document)
            found.signatureAlgorithm = signed.algorithm.rawValue
            let certificates = try DocumentSignatureJudge.certificates(signed.keyInfo)
            guard let certificate = certificates.first(where: { !$0.isCertificationAuthority }) ?? certificates.first else {
                found.reason = "its KeyInfo holds no X509Certificate, so it is not known whose it is"
                return (found, [])
            }
            found.signer = DocumentSignature.Signer(certificate)
            judgeTrust(certificate, brought: certificates, at: moment, signedAt, &found)
            let verified = try VerifiedSignature(verifying: signed, key: certificate.publicKey, ids: ids, policy: .document)
            found.integrity = .intact
            found.covers = verified.parts.map(\.element.path)
            if signed.usesSHA1 {
                found.warnings.append(
                    .init(code: "sha1", text: "SHA-1 was used, which is read in such documents only; it has been broken since 2017"))
            }
            ask(element, verified, certificate, &found)
            return (found, found.integrity == .intact ? verified.parts.map(\.element) : [])
        } catch {
            found.reason = error.description
            if case .digestWrong = error { found.integrity = .broken }
            if case .signatureValueWrong = error { found.integrity = .broken }
            return (found, [])
        }
    }

    private func ask(_ element: XMLElement, _ verified: VerifiedSignature, _ certificate: Certificate, _ found: inout DocumentSignature) {
        switch SecondOpinion(on: element, verified: verified, key: certificate.publicKey, idNames: idNames) {
        case .agrees: found.secondEngine = .agrees
        case .unable: found.secondEngine = .unable
        case .refuses(let reasons):
            found.secondEngine = .refuses
            found.integrity = .unknown
            found.reason = "libxmlsec1 does not agree that it holds: \(reasons.joined(separator: "; "))"
        }
    }

    private func judgeTrust(
        _ certificate: Certificate, brought: [Certificate], at moment: XMLDateTime, _ signedAt: XMLDateTime?,
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
            if let signedAt, signedAt > now.adding(seconds: DocumentSignatureJudge.zones) {
                found.trustReason = "it claims to be signed at \(signedAt.text), which is still to come"
                return
            }
            found.trust = .trusted
            warnOfLaterRevocation(signer, moment, &found)
        } catch {
            found.trustReason = error.description
        }
    }

    /// The time of signing is a claim of the signer: whoever has a stolen key can claim any.
    private func warnOfLaterRevocation(_ signer: KnownSigner, _ moment: XMLDateTime, _ found: inout DocumentSignature) {
        guard let anchors, moment < now else { return }
        do throws(TrustError) { _ = try signer.check(at: now, evidence: anchors.store.evidence) } catch {
            guard case .revoked(_, let at, let by) = error else { return }
            let when = at.map { " at \($0.text)" } ?? ""
            found.warnings.append(
                .init(
                    code: "revoked-later",
                    text: "the certificate was revoked\(when) (\(by)), after the time of signing that the document claims"))
        }
    }

    /// Every certificate in KeyInfo; a KeyValue beside them is not looked at.
    private static func certificates(_ keyInfo: XMLElement?) throws(SignatureError) -> [Certificate] {
        let elements = (keyInfo?.children(named: .signature("X509Data")) ?? []).flatMap {
            $0.children(named: .signature("X509Certificate"))
        }
        guard elements.count <= 10 else { throw .tooMany("certificates in KeyInfo", count: elements.count, limit: 10) }
        var certificates: [Certificate] = []
        for element in elements {
            guard element.isPlainText, let der = Base64.decode(element.text), let certificate = try? Certificate(der: der) else {
                throw .malformed("X509Certificate in KeyInfo is no certificate")
            }
            certificates.append(certificate)
        }
        return certificates
    }
}
