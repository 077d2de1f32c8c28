internal import ArgumentParser
internal import Datasets
internal import Foundation
internal import XML

struct CheckDataset: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report every problem of datasets at once: place, rule, WCO id and what to do.",
        discussion: """
            A file holds a dataset as JSON, or as the XML element that stands in the Body. The agreement that it names decides the rules.

            EXAMPLES
              coconect-soap check-dataset certificate.json
              coconect-soap check-dataset certificate.xml --format json
              coconect-soap check-dataset feedback.json --message SendFeedback
              coconect-soap check-dataset drafts/*.json --agreement CHAFTA --agreements my-agreements

            Exit status: 0 all are good, 1 one has a problem, 2 one could not be read.
            """)

    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    @Option(help: "Name of the message that a JSON file holds.")
    var message = "SendCO"

    @OptionGroup var options: AgreementOptions

    @Option(help: "text for people, json with one line for each file.")
    var format = ReportFormat.text

    func run() throws {
        let catalog = try options.catalog()
        let narrowed = try options.narrowed(catalog)
        guard catalog.menu.messages[message] != nil else { throw Message.unknown(message, catalog.menu) }
        var reports: [Report] = []
        for file in files {
            let report = try check(file, catalog, narrowed)
            reports.append(report)
            switch format {
            case .text: output(report.text)
            case .json: output(try report.line)
            }
            Progress.show(reports.count, of: files.count)
        }
        if reports.contains(where: { $0.verdict == .unreadable }) { throw ExitCode(2) }
        if reports.contains(where: { $0.verdict == .bad }) { throw ExitCode(1) }
    }

    private func check(_ file: String, _ catalog: Catalog, _ narrowed: Menu?) throws -> Report {
        let bytes: [UInt8]
        do { bytes = try readFile(file) } catch {
            return Report(file: file, verdict: .unreadable, problems: [], reason: error.reason)
        }
        do {
            if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") {
                _ = try narrowed.map { try Dataset(json: bytes, as: $0.message(message)) } ?? catalog.dataset(json: bytes, as: message)
            } else {
                let root = try XMLDocument(parsing: bytes, limits: XMLLimits(bytes: 64 * 1024 * 1024)).root
                guard catalog.menu.messages[root.local] != nil else {
                    return Report(file: file, verdict: .unreadable, problems: [], reason: "\(root.name) is no message of the menu")
                }
                _ =
                    try narrowed.map { try Dataset(reading: root, as: $0.message(root.local)) }
                    ?? catalog.dataset(reading: root, as: root.local)
            }
            return Report(file: file, verdict: .good, problems: [])
        } catch let error as DatasetError {
            let isUnreadable = error.problems.contains { $0.code == .syntax }
            return Report(file: file, verdict: isUnreadable ? .unreadable : .bad, problems: error.problems)
        } catch let error as XMLError {
            return Report(file: file, verdict: .unreadable, problems: [], reason: error.description)
        }
    }
}

/// What was found in one file.
private struct Report: Encodable {
    enum Verdict: String, Encodable { case good, bad, unreadable }

    let file: String
    let verdict: Verdict
    let problems: [DatasetProblem]
    var reason: String?

    var text: String {
        let lines = problems.map { problem in
            let place = problem.place.isEmpty ? "the top" : problem.place
            return "  \(problem.code.rawValue) at \(place)" + (problem.wcoID.map { " (WCO \($0))" } ?? "") + "\n    \(problem.text)"
        }
        return (["\(file): \(verdict.rawValue)" + (reason.map { ", \($0)" } ?? "")] + lines).joined(separator: "\n")
    }

    var line: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [0x0A]
        }
    }
}
