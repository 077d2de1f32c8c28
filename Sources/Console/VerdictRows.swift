internal import Evidence
internal import Foundation
internal import Trust
internal import WSSecurity

/// A verdict for people.
struct VerdictRows {
    struct RuleRow {
        let number: String
        let code: String
        let address: String
        let outcome: String
        let kind: String
    }

    let isGood: Bool
    let verdict: String
    let integrity: String
    let reason: String?
    let signer: String?
    let fingerprint: String?
    let key: String?
    let algorithm: String?
    let parts: [Part]
    let created: String?
    let expires: String?
    let judgedAt: String
    let hash: String
    let rules: [RuleRow]
    let warnings: [String]
    let notSigned: [String]

    struct Part {
        let path: String
        let digest: String
        let algorithm: String
    }

    init(_ verdict: Verdict) {
        let report = verdict.report
        isGood = report.verdict == .good
        self.verdict = report.verdict.rawValue
        integrity = report.integrity.rawValue
        reason = report.reason
        signer = report.signer?.subject
        fingerprint = report.signer?.fingerprint
        key = report.signer?.key
        algorithm = report.signatureAlgorithm
        parts = report.parts.map { Part(path: $0.path, digest: $0.digest, algorithm: $0.digestAlgorithm) }
        created = report.created
        expires = report.expires
        judgedAt = report.judgedAt.second
        hash = report.hash
        rules = report.rules.map { outcome in
            let kind =
                switch outcome.outcome {
                case .passed: "good"
                case .warned: "open"
                case .failed: "bad"
                case .notJudged: "none"
                }
            return RuleRow(
                number: "\(outcome.rule)", code: outcome.code, address: ConsoleAddress.rule(outcome.rule),
                outcome: outcome.outcome.rawValue,
                kind: kind)
        }
        warnings = report.warnings.map(\.text)
        notSigned = verdict.coverage?.notSigned ?? []
    }
}

/// What the gateway had found when the message came.
struct StoredVerdict: Decodable {
    let hash: String?

    init?(_ bytes: [UInt8]) {
        guard let read = try? JSONDecoder().decode(StoredVerdict.self, from: Data(bytes)) else { return nil }
        self = read
    }
}

/// What we signed ourselves is judged by our own certificates.
struct TrustStoreOfOwn {
    let store: TrustStore

    init(_ pins: [PinnedCertificate]) { store = TrustStore(pins) }
}
