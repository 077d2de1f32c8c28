internal import ArgumentParser
internal import Evidence
internal import Exchanges
internal import WSSecurity

struct VerifyEvidence: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Judge an evidence file from itself and trusted certificates alone, without server and store.",
        discussion: """
            Every file in it must be as it was when it was signed, and signed by a trusted certificate; request and answer must verify as of
            the moment when the message was received; the dataset must be what the signed Body says, and the receipt must be for that Body.
            Exit status: 0 good, 1 bad, 2 not read.

            EXAMPLES
              coconect-soap evidence verify message.asice --trust partners/certificates
              coconect-soap evidence verify message.asice --trust trust --at 2026-11-22T10:00:00Z --format json
              coconect-soap evidence verify message.asice --trust trust --documents authorities
            """)

    @Argument(help: "The container.") var file: String
    @Option(help: "Folder of trusted certificates (*.pem, *.crt), each named for its owner, and revocation lists (*.crl).") var trust:
        String
    @Option(help: "PEM file of the authority that stamped the seals; without it stamps are not judged.") var timestamps: String?
    @Option(
        help:
            "Folder of authorities and signers of the documents that travelled in the message; without it their integrity alone is judged.")
    var documents: String?
    @OptionGroup var officers: OfficersOption
    @Option(help: "The moment for which certificates are judged; when the message was received, if left out.") var at: String?
    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var options: AgreementsOption

    func run() throws {
        let verdict = EvidenceVerdict(
            of: try readFile(file), trust: try loadTrust(trust), stampAnchors: try timestamps.map { try loadCertificates($0) } ?? [],
            documentAnchors: try documents.map { try officers.anchors($0) }, at: try at.map { try moment($0, "--at") },
            catalog: try loadCatalog(options.agreements))
        switch format {
        case .json: try output(json: verdict)
        case .text: output(verdict.text)
        }
        if verdict.outcome == .bad { throw ExitCode(1) }
    }
}

extension EvidenceVerdict {
    /// For people.
    fileprivate var text: String {
        var lines = ["verdict:   \(outcome.rawValue)"] + defects.map { "defect:    \($0)" } + notes.map { "note:      \($0)" }
        if let answer { lines.append("answer:    \(answer.rawValue)") }
        if let container {
            lines.append("container: \(container.files) files, signed by \(container.signer) at \(container.signedAt)")
            lines.append("           certificate SHA-256 \(container.fingerprint)")
        }
        for (name, report) in [("request", request), ("response", response)] {
            guard let report else { continue }
            lines.append("\(name):\(String(repeating: " ", count: 10 - name.count))\(report.report.verdict.rawValue)")
            lines += report.report.text.split(separator: "\n").dropFirst().map { "  \($0)" }
        }
        for document in documents {
            lines.append("document:  \(document.pointer) \(document.fileName.onOneLine(atMost: 255))")
            lines += document.verdict.text.split(separator: "\n").map { "  \($0)" }
        }
        for seal in seals {
            lines.append("seal:      \(seal.number) of \(seal.at), " + (seal.stampedAt.map { "stamped \($0)" } ?? "no stamp judged"))
        }
        return lines.joined(separator: "\n")
    }
}
