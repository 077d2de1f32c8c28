internal import Documents
internal import Exchanges

extension DocumentVerdict {
    /// For people.
    var text: String {
        switch self {
        case .cod(let verdict): verdict.text
        case .signedXML(let verdict): verdict.text
        case .notJudged(let sha256, let reason): "verdict:   not judged\nreason:    \(reason.plain)\nsha256:    \(sha256)"
        case .refused(let sha256, let reason): "verdict:   bad\nreason:    it cannot be read: \(reason.plain)\nsha256:    \(sha256)"
        }
    }
}

extension CODVerdict {
    fileprivate var text: String {
        var lines = [
            "verdict:   \(verdict.rawValue)", "document:  Digital Certificate of Origin (COD), \(stage?.rawValue ?? "of no known stage")",
        ]
        if let certificateID { lines.append("number:    \(certificateID.plain)") }
        if let agreement { lines.append("agreement: \(agreement.plain), version \(version?.plain ?? "not said")") }
        lines += defects.map { "defect:    \($0.plain)" } + notes.map { "note:      \($0.plain)" }
        for signature in [exporter, officer].compactMap(\.self) { lines += signature.lines }
        return (lines + ["sha256:    \(sha256)"]).joined(separator: "\n")
    }
}

extension SignedXMLVerdict {
    fileprivate var text: String {
        var lines = ["verdict:   \(verdict.rawValue)", "document:  XML, \(root.plain)"]
        lines.append("whole:     \(isWhole ? "a good signature covers all of it" : "no good signature covers all of it")")
        lines += defects.map { "defect:    \($0.plain)" }
        for signature in signatures { lines += signature.lines }
        return (lines + ["sha256:    \(sha256)"]).joined(separator: "\n")
    }
}

extension DocumentSignature {
    fileprivate var lines: [String] {
        var lines = ["\(role ?? "signature") at \(place)", "  integrity: \(integrity.rawValue)" + (reason.map { ", \($0.plain)" } ?? "")]
        for path in covers { lines.append("  signed:    \(path)") }
        if let signatureAlgorithm { lines.append("  algorithm: \(signatureAlgorithm)") }
        if let signer {
            lines.append("  signer:    \(signer.knownAs.map { "\($0): " } ?? "")\(signer.subject.plain) (\(signer.key))")
            lines.append("             certificate SHA-256 \(signer.fingerprint), serial \(signer.serialNumber)")
            lines.append("             valid \(signer.notBefore) to \(signer.notAfter), issued by \(signer.issuer.plain)")
        }
        if let signedAt { lines.append("  signed at: \(signedAt), as the document claims") }
        lines.append("  trust:     \(trust.rawValue) at \(judgedAt)" + (trustReason.map { ", \($0.plain)" } ?? ""))
        lines += warnings.map { "  warning:   \($0.code): \($0.text)" }
        lines.append("  libxmlsec1: \(secondEngine.rawValue)")
        return lines
    }
}

extension String {
    /// What a stranger wrote cannot look like lines of ours.
    fileprivate var plain: String { onOneLine(atMost: 2000) }
}
