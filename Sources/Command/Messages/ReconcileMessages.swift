internal import ArgumentParser
internal import Exchanges
internal import Foundation
internal import XML

struct ReconcileMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare what was exchanged with a partner with the partner's own list.",
        discussion: """
            Each side writes its list of the same time with --write and gives it to the other, which compares with --with. A list is a
            CSV file: messageId and sender (country) are needed; operation, contentDigest (SHA-256 of the canonical content of the Body,
            hexadecimal), bodyDigest (as the Receipt gives it), time and receipted (yes, no) are compared where they are there.

            EXAMPLES
              coconect-soap messages reconcile --partner korea --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --write ours.csv
              coconect-soap messages reconcile --partner korea --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --with korea.csv

            Exit status: 0 both agree, 1 they do not, 2 a list could not be read.
            """)

    @OptionGroup var options: StoreOptions
    @Option(help: "Name of the partner's file.") var partner: String
    @Option(help: "Exchanged at this time or later.") var from: String
    @Option(help: "Exchanged before this time.") var to: String
    @Option(help: "Write our list to this file.") var write: String?
    @Option(help: "Compare with this list of the partner's.") var with: String?
    @Option(help: "text or json.") var format = ReportFormat.text

    private struct Report: Encodable {
        let agreed: Int
        let findings: [Reconciliation.Finding]
    }

    func run() async throws {
        guard write != nil || with != nil else { throw CommandError("give --write, --with, or both") }
        guard write == nil || write != with else { throw CommandError("--write and --with name the same file", place: write) }
        let gateway = try options.gateway()
        guard let partner = gateway.partners[partner] else {
            throw CommandError("\(SubmissionError.unknownPartner(partner, nearest: nil))", place: options.config)
        }
        let (from, to) = (try moment(from, "--from"), try moment(to, "--to"))
        guard from.text < to.text else { throw CommandError("--from is not before --to") }
        let window = ExchangeWindow(partner: partner, from: from, to: to)
        if let write {
            let entries = try await gateway.exchanged(window)
            try writeFile(Array(ExchangeList(entries).text.utf8), to: write)
            if with == nil { output("\(write): \(entries.count) \(entries.count == 1 ? "message" : "messages")") }
        }
        guard let with else { return }
        let list: ExchangeList
        guard let text = String(validating: try readFile(with), as: UTF8.self) else {
            throw CommandError("the list is not UTF-8", place: with, help: "save it as CSV in UTF-8")
        }
        do { list = try ExchangeList(reading: text) } catch {
            throw CommandError("the list cannot be read: \(error)", place: with)
        }
        let result = try await gateway.reconcile(window, with: list)
        switch format {
        case .json: try output(json: Report(agreed: result.agreed, findings: result.findings))
        case .text:
            for finding in result.findings {
                output(
                    [finding.kind.words, finding.time ?? "-", finding.sender, finding.operation ?? "-", finding.messageID, finding.text]
                        .map { $0.onOneLine(atMost: 200) }.joined(separator: "  "))
            }
            output("\(result.agreed) agree, \(result.findings.count) do not")
        }
        if !result.isGood { throw ExitCode(1) }
    }
}

extension Reconciliation.Kind {
    fileprivate var words: String {
        switch self {
        case .missingHere: "missing here"
        case .missingThere: "missing there"
        case .atEdge: "at the edge"
        case .differs: "differs"
        case .receiptMissing: "no receipt"
        case .notOurs: "not ours"
        }
    }
}
