internal import Trust
public import XML
internal import XMLSignature

/// What was found in a Digital Certificate of Origin: its two signatures, by the exporter over COD and by the officer over CODEH, each judged
/// for the time at which the document says that it was made.
public struct CODVerdict: Sendable, Encodable {
    public let kind = "cod"
    public let verdict: Verdict
    /// SHA-256 of the document's bytes, hexadecimal.
    public let sha256: String
    /// `nil` for one that no stage of its making explains.
    public let stage: CODStage?
    public let certificateID: String?
    public let agreement: String?
    /// Of its schema (CODVer).
    public let version: String?
    public let exporter: DocumentSignature?
    public let officer: DocumentSignature?
    /// What is wrong, each in a sentence.
    public let defects: [String]
    /// What is not wrong, but a person should know.
    public let notes: [String]

    public enum Verdict: String, Sendable, Encodable { case good, bad }

    /// Warnings about its signatures, and its notes: what a person should hear of who relies on it.
    public var remarks: [String] {
        let warnings = [exporter, officer].compactMap(\.self).flatMap { signature in
            signature.warnings.map { "\(signature.role ?? "signature"): \($0.text)" }
        }
        return warnings + notes
    }
}

/// A COD whose two signatures hold and whose signers were trusted when they signed: only `CODVerifier` makes one, and nothing else is
/// translated.
public struct VerifiedCOD {
    public let verdict: CODVerdict
    /// The signed elements themselves.
    let declaration: XMLElement
    let entity: XMLElement
    let certification: XMLElement
}

/// Judges Digital Certificates of Origin.
public struct CODVerifier: Sendable {
    private let anchors: DocumentAnchors?
    /// In place of the times that the document claims.
    private let moment: XMLDateTime?
    private let now: XMLDateTime

    /// - Parameters:
    ///   - anchors: `nil` judges integrity alone, and no verdict is good.
    ///   - moment: for which certificates are judged; `nil` for the times of signing that the document claims.
    public init(anchors: DocumentAnchors?, at moment: XMLDateTime? = nil, now: XMLDateTime) {
        self.anchors = anchors
        self.moment = moment
        self.now = now
    }

    /// Whether it is for this verifier at all.
    public static func isCOD(_ document: XMLDocument) -> Bool { CODStructure.isCOD(document.root) }

    /// - Parameter bytes: those that the document was parsed from.
    public func verify(_ document: XMLDocument, bytes: [UInt8]) throws(CODError) -> (verdict: CODVerdict, verified: VerifiedCOD?) {
        let structure = try CODStructure(reading: document.root)
        let judge: DocumentSignatureJudge
        do {
            judge = try DocumentSignatureJudge(document, idNames: CODStructure.idNames, anchors: anchors, now: now)
        } catch {
            throw CODError(error.description)
        }
        var findings = CODFindings(structure, anchors)
        let exporter = structure.exporterSignature.map { signature in
            let claim = findings.claim(CODStructure.one(structure.form, "Declaration", "DeclarationDate"), "DeclarationDate")
            return judge.judge(signature, role: "exporter", claim: claim, at: moment ?? claim?.moment ?? now)
        }
        let officer = structure.officerSignature.map { signature in
            let claim = findings.claim(CODStructure.one(structure.certification, "CertificateDate"), "CertificateDate")
            return judge.judge(signature, role: "officer", claim: claim, at: moment ?? claim?.moment ?? now)
        }
        findings.check(exporter, covers: structure.declaration)
        findings.check(officer, covers: structure.certificate)
        findings.checkTogether(exporter, officer)
        let verdict = CODVerdict(
            verdict: findings.defects.isEmpty ? .good : .bad, sha256: Digest(of: bytes).hex, stage: structure.stage,
            certificateID: CODStructure.one(structure.certification, "CertificateID")?.text,
            agreement: CODStructure.one(structure.declaration, "Agreement", "AgreementAcronym")?.text,
            version: CODStructure.one(structure.declaration, "CODVer")?.text, exporter: exporter?.signature, officer: officer?.signature,
            defects: findings.defects, notes: findings.notes)
        guard verdict.verdict == .good, let entity = structure.entity, let certification = structure.certification else {
            return (verdict, nil)
        }
        return (
            verdict,
            VerifiedCOD(verdict: verdict, declaration: structure.declaration, entity: entity, certification: certification)
        )
    }
}
