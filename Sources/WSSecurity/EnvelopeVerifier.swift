@_spi(Verification) public import SOAP
public import Trust
public import XML
internal import XMLSignature

/// Turns an `Envelope` into a `Verified<Envelope>`: the only way to one.
///
/// The order is fixed: structure and ids, SignedInfo against the allow-list, the signer from the registry, its own policy,
/// SignatureValue, digests, coverage of the required parts in their places, certificate, clock. Nothing that a stranger wrote is
/// computed before SignatureValue is known to be a partner's.
public struct EnvelopeVerifier: Sendable {
    private let trust: TrustStore
    private let policies: SecurityPolicies

    public init(trust: TrustStore, policy: SecurityPolicy = SecurityPolicy()) {
        self.init(trust: trust, policies: SecurityPolicies(policy))
    }

    public init(trust: TrustStore, policies: SecurityPolicies) {
        self.trust = trust
        self.policies = policies
    }

    public func verify(_ envelope: Envelope, at now: XMLDateTime) throws(SecurityRefusal) -> Verified<Envelope> {
        var report = VerificationReport(judgedAt: now)
        return try verify(envelope, at: now, report: &report)
    }

    /// As `verify(_:at:)`, and fills a report as far as verification came.
    public func verify(
        _ envelope: Envelope, at now: XMLDateTime, report: inout VerificationReport
    ) throws(SecurityRefusal) -> Verified<Envelope> {
        report.soapVersion = envelope.version.rawValue
        do {
            let verified = try judge(envelope, at: now, report: &report)
            report.verdict = .good
            return verified
        } catch {
            report.code = error.code
            report.rule = error.rule.number
            report.reason = error.description
            if case .signature(.digestWrong) = error { report.integrity = .broken }
            if case .signature(.signatureValueWrong) = error { report.integrity = .broken }
            throw error
        }
    }

    private func judge(
        _ envelope: Envelope, at now: XMLDateTime, report: inout VerificationReport
    ) throws(SecurityRefusal) -> Verified<Envelope> {
        let ids = try idTable(envelope.document)
        let header = try SecurityHeader(envelope)
        let signedInfo = try rule { () throws(SignatureError) in
            try SignedInfo(reading: header.signature, policy: .ceiling)
        }
        let signer = try signer(try header.certificate(signedInfo.keyInfo, ids: ids))
        let policy = policies[signer.owner]
        report.signer = .init(signer)
        report.signatureAlgorithm = signedInfo.algorithm.rawValue
        try rule { () throws(SignatureError) in try signedInfo.check(policy.signature(at: now)) }
        if signedInfo.usesSHA1 { report.warnings.append(.sha1(until: policy.sha1Until)) }
        let key = signer.certificate.publicKey
        let signature = try rule { () throws(SignatureError) in
            try VerifiedSignature(verifying: signedInfo, key: key, ids: ids, policy: policy.signature)
        }
        report.integrity = .intact
        report.parts = signature.parts.map(VerificationReport.Part.init)
        let body = try coverage(of: signature, envelope: envelope, header: header)
        let timestamp = try Timestamp(reading: header.timestamp)
        report.created = timestamp.created.text
        report.expires = timestamp.expires?.text
        if let gap = try checkTrust(signer, at: now) { report.warnings.append(.revocationUnknown(gap)) }
        report.isClockChecked = policy.clock == .checked
        if policy.clock == .checked { try timestamp.check(at: now, policy: policy) }
        // Last, because libxmlsec1 walks the whole document for each Reference.
        if policy.secondEngine == .asked { try askSecondEngine(header.signature, signature, key: key, report: &report) }
        return Verified(
            envelope, signer: signer, timestamp: timestamp,
            bodyDigest: Digest(body.reference.digestAlgorithm, value: body.reference.digestValue),
            signatureValue: signedInfo.signatureValue, signedElements: signature.parts.map(\.element), confirmations: header.confirmations)
    }

    /// Required parts must be the very nodes that References resolved to, in their places: otherwise a signed Body could
    /// be moved aside and another put where it is read (XML signature wrapping).
    private func coverage(
        of signature: VerifiedSignature, envelope: Envelope, header: SecurityHeader
    ) throws(SecurityRefusal) -> VerifiedSignature.Part {
        guard let body = signature.parts.first(where: { $0.element.isSameNode(as: envelope.body) }) else {
            throw .notSigned(part: envelope.body.path)
        }
        guard signature.parts.contains(where: { $0.element.isSameNode(as: header.timestamp) }) else {
            throw .notSigned(part: header.timestamp.path)
        }
        return body
    }

    private func askSecondEngine(
        _ element: XMLElement, _ signature: VerifiedSignature, key: PublicKey, report: inout VerificationReport
    ) throws(SecurityRefusal) {
        switch SecondOpinion(on: element, verified: signature, key: key, idNames: SecurityNamespace.idNames) {
        case .agrees: report.secondEngine = .agrees
        case .unable: report.secondEngine = .unable
        case .refuses(let reasons):
            report.secondEngine = .refuses
            throw .secondOpinion(reasons: reasons)
        }
    }

    private func idTable(_ document: XMLDocument) throws(SecurityRefusal) -> IDTable {
        do { return try IDTable(document, names: SecurityNamespace.idNames) } catch { throw .document(error) }
    }

    private func signer(_ name: CertificateName) throws(SecurityRefusal) -> KnownSigner {
        do { return try trust.signer(name) } catch { throw .trust(error) }
    }

    private func checkTrust(_ signer: KnownSigner, at now: XMLDateTime) throws(SecurityRefusal) -> RevocationGap? {
        do { return try signer.check(at: now, evidence: trust.evidence) } catch { throw .trust(error) }
    }

    private func rule<Result>(_ body: () throws(SignatureError) -> Result) throws(SecurityRefusal) -> Result {
        do { return try body() } catch { throw .signature(error) }
    }
}

extension VerificationReport.Signer {
    init(_ signer: KnownSigner) {
        let certificate = signer.certificate
        self.init(
            partner: signer.owner, subject: certificate.subject, issuer: certificate.issuer,
            serialNumber: certificate.serialNumber, fingerprint: certificate.fingerprint.hex,
            key: certificate.publicKey.kind.description, notBefore: certificate.notBefore.text,
            notAfter: certificate.notAfter.text)
    }
}

extension VerificationReport.Part {
    init(_ part: VerifiedSignature.Part) {
        self.init(
            path: part.element.path, id: part.reference.id, digestAlgorithm: part.reference.digestAlgorithm.rawValue,
            digest: Base64.encode(part.reference.digestValue))
    }
}
