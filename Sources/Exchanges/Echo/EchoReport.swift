internal import Datasets
internal import SOAP
internal import WSSecurity
internal import XML

/// What the self-test endpoint tells a partner about a message: what the real road would say, and what was found on the way.
struct EchoReport {
    let verdict: Verdict
    let report: VerificationReport
    let now: XMLDateTime
    /// Header blocks and parts of them that no signature covers.
    var unsigned: [String] = []
    var findings: [ProfileFinding] = []
    var diagnosis: Diagnosis?

    enum Verdict {
        case accepted(operation: String)
        case refused(Refusal)
    }

    static let namespace = "urn:coconect:echo:1"

    /// Whether a partner's key signed it: only then is told whom we know, and what the operator would read.
    private var isPartners: Bool { report.integrity == .intact }

    var xml: [UInt8] {
        var writer = XMLWriter()
        writer.open("EchoReport", ["xmlns": EchoReport.namespace])
        write(verdict: &writer)
        writer.element("ServerDateTime", text: now.text)
        write(signature: &writer)
        for path in unsigned { writer.element("NotSigned", text: path) }
        for finding in findings {
            writer.open("ProfileFinding", ["level": finding.level.rawValue, "rule": finding.rule])
            write([("Place", finding.place), ("Text", finding.text), ("Remedy", finding.remedy)], &writer)
            writer.close("ProfileFinding")
        }
        if let diagnosis, isPartners || diagnosis.cause != nil {
            writer.open("WhyNot")
            write([("Cause", diagnosis.cause?.rawValue ?? "unknown"), ("Text", diagnosis.text), ("Part", diagnosis.part)], &writer)
            write([("Received", diagnosis.received), ("Signed", diagnosis.signed)], &writer)
            writer.close("WhyNot")
        }
        writer.close("EchoReport")
        return writer.bytes
    }

    private func write(verdict writer: inout XMLWriter) {
        switch verdict {
        case .accepted(let operation):
            writer.element("Verdict", text: "accepted")
            writer.element("Operation", text: operation)
        case .refused(let refusal):
            writer.element("Verdict", text: "refused")
            writer.open("Refusal", ["code": refusal.code, "rule": "\(refusal.rule.number)"])
            write(
                [("Reason", refusal.sentence), ("Found", isPartners ? refusal.diagnosis : nil), ("Remedy", refusal.rule.remedy)], &writer)
            for problem in refusal.problems {
                writer.open("Problem", ["code": problem.code.rawValue])
                write([("Place", problem.place), ("Text", problem.text)], &writer)
                writer.close("Problem")
            }
            writer.close("Refusal")
        }
    }

    private func write(signature writer: inout XMLWriter) {
        if isPartners, let signer = report.signer {
            writer.open("Signer", ["partner": signer.partner])
            write(
                [
                    ("Subject", signer.subject), ("Issuer", signer.issuer), ("Fingerprint", signer.fingerprint), ("Key", signer.key),
                    ("NotAfter", signer.notAfter),
                ], &writer)
            writer.close("Signer")
        }
        write([("SignatureMethod", report.signatureAlgorithm), ("Created", report.created), ("Expires", report.expires)], &writer)
        for part in report.parts {
            writer.open("SignedPart", ["id": part.id])
            write([("Path", part.path), ("DigestMethod", part.digestAlgorithm), ("DigestValue", part.digest)], &writer)
            writer.close("SignedPart")
        }
        for warning in report.warnings { writer.element("Warning", text: "\(warning.code): \(warning.text)") }
    }

    private func write(_ elements: [(name: String, text: String?)], _ writer: inout XMLWriter) {
        for (name, text) in elements {
            guard let text, !text.isEmpty else { continue }
            writer.element(name, text: text.onOneLine(atMost: 4000))
        }
    }
}
