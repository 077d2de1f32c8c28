internal import SOAP

/// What came of one rule about the signature of a message.
public struct RuleOutcome: Sendable, Encodable, Hashable {
    public enum Outcome: String, Sendable, Encodable {
        case passed, warned, failed
        /// Not asked, or an earlier rule had refused already.
        case notJudged = "not judged"
    }

    public let rule: Int
    public let code: String
    public let outcome: Outcome

    init(_ rule: Rule, _ outcome: Outcome) {
        self.rule = rule.number
        code = rule.code
        self.outcome = outcome
    }
}

extension VerificationReport {
    /// Every rule of verification with its outcome, in the order in which they are asked.
    public var rules: [RuleOutcome] {
        let failed = VerificationReport.stages.firstIndex { stage in stage.contains { $0.number == rule } }
        return VerificationReport.stages.enumerated().flatMap { index, stage in
            stage.map { RuleOutcome($0, outcome(of: $0, at: index, failed: failed)) }
        }
    }

    private func outcome(of rule: Rule, at stage: Int, failed: Int?) -> RuleOutcome.Outcome {
        if rule.number == self.rule { return .failed }
        // What refused may be no rule of these: then none was come to.
        if verdict == .bad, failed.map({ stage >= $0 }) ?? true { return .notJudged }
        switch rule {
        case .algorithmNotAllowed where warnings.contains { $0.code == "sha1" }: return .warned
        case .revocationUnknown where warnings.contains { $0.code == "revocation-unknown" }: return .warned
        case .timestampInFuture, .timestampExpired: return isClockChecked == true ? .passed : .notJudged
        case .secondOpinion: return secondEngine == .agrees ? .passed : .notJudged
        default: return .passed
        }
    }

    /// The order of `EnvelopeVerifier`.
    private static let stages: [[Rule]] = [
        [.duplicateID, .canonicalization],
        [
            .securityHeaderMissing, .securityHeaderRepeated, .securityHeaderContent, .signatureMissing, .signatureRepeated,
            .timestampMissing,
        ],
        [.signatureMalformed, .signatureLimit, .referenceNotAllowed, .referenceRepeated, .algorithmNotAllowed],
        [.tokenReference, .signerUnknown, .signerAmbiguous, .certificateEnvironment],
        [.keyTooShort, .keyDoesNotFit, .signatureWrong, .referenceNotFound, .digestWrong],
        [.partNotSigned], [.timestampMalformed],
        [
            .certificateIsCA, .certificateKeyUsage, .certificateNotYetValid, .certificateExpired, .certificateNotYetAnnounced,
            .certificateRetired, .certificatePath, .certificateRevoked, .revocationUnknown,
        ],
        [.timestampInFuture, .timestampExpired], [.secondOpinion],
    ]
}
