internal import XMLSignature

extension VerificationReport {
    /// Of the rules by which messages are judged; grows when the same message could be judged otherwise.
    public static let ruleSet = "1"

    /// SHA-256, hexadecimal, over what was found in the message itself: the verdict and its rule, the signer's certificate, algorithm, each
    /// part with its digest, the Timestamp. Not over when and where it was judged, so that server, command and archive come to the same.
    public var hash: String {
        var lines = [
            "coconect-verdict 1", "ruleSet \(VerificationReport.ruleSet)", "verdict \(verdict.rawValue)", "rule \(rule ?? 0)",
            "integrity \(integrity.rawValue)", "soapVersion \(soapVersion ?? "")", "signer \(signer?.fingerprint ?? "")",
            "signatureAlgorithm \(signatureAlgorithm ?? "")",
        ]
        for part in parts { lines.append("part \(part.path) \(part.id) \(part.digestAlgorithm) \(part.digest)") }
        lines += ["created \(created ?? "")", "expires \(expires ?? "")"]
        return Digest(of: Array(lines.joined(separator: "\n").utf8)).hex
    }
}
