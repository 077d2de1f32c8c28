internal import ArgumentParser
internal import Exchanges
internal import Foundation
internal import RulePages
internal import SOAP
internal import WSSecurity
internal import XML

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a rule is for, or why the signature of a message does not hold.",
        discussion: """
            For a rule: what it is for and what to do when it refuses a message. For a message (with --trust): which of the things that
            are known to happen to messages between signer and receiver happened to this one, tried by undoing each; the first byte
            that differs is shown as it arrived and as it was signed. Exit status: 0 a cause was found or nothing is wrong, 1 none
            that is known, 2 the message could not be read.

            EXAMPLES
              coconect-soap explain 410
              coconect-soap explain digest-wrong
              coconect-soap explain refused.xml --trust partners/certificates
              coconect-soap explain refused.xml --trust partners/certificates --at 2026-11-22T10:00:00Z --format json
            """)

    @Argument(help: "Number or code of a rule, as a fault or the log names it (all rules if left out); with --trust a message's file.")
    var subject: String?

    @Option(help: "Folder of trusted certificates (*.pem, *.crt), each named for its owner.")
    var trust: String?

    @Option(help: "The moment at which the message came; without it its Timestamp is not judged.")
    var at: String?

    @Option(help: "text or json.")
    var format = ReportFormat.text

    private struct Entry: Encodable {
        let number: Int
        let code: String
        let reason: String
        let remedy: String
        let meaning: String?
        let causes: [Cause]
        let advice: String?

        struct Cause: Encodable {
            let toolkit: String?
            let text: String
        }

        init(_ rule: Rule) {
            number = rule.number
            code = rule.code
            reason = rule.reason
            remedy = rule.remedy
            let guidance = RuleGuidance.of(number: rule.number)
            meaning = guidance?.meaning
            causes = (guidance?.causes ?? []).map { Cause(toolkit: $0.toolkit, text: $0.text) }
            advice = guidance?.advice
        }
    }

    func run() throws {
        if let trust { return try explainMessage(trust) }
        let found = Rule.all.filter { subject == nil || $0.code == subject || String($0.number) == subject }
        guard !found.isEmpty else {
            if let subject, FileManager.default.fileExists(atPath: subject) {
                throw CommandError("\(subject) is a file, and whose signatures are good is not said", help: "add --trust FOLDER")
            }
            let near = subject?.nearest(in: Rule.all.map(\.code), within: 4).first
            throw CommandError(
                "no rule is numbered or called '\(subject ?? "")'",
                help: near.map { "did you mean \($0)?" } ?? "coconect-soap explain lists all",
                status: 2)
        }
        switch format {
        case .json: try output(json: found.map(Entry.init))
        case .text:
            for rule in found {
                output("\(rule.number) \(rule.code)\n  why:    \(rule.reason)\n  remedy: \(rule.remedy)")
                if found.count == 1, let guidance = RuleGuidance.of(number: rule.number) { output(guidance.text) }
            }
        }
    }

    private func explainMessage(_ trust: String) throws {
        guard let subject else { throw CommandError("no message is named", help: "coconect-soap explain FILE --trust FOLDER") }
        let policy = SecurityPolicy(clock: at == nil ? .notChecked : .checked)
        let envelope = try readEnvelope(subject)
        guard let diagnosis = Diagnosis.of(envelope, trust: try loadTrust(trust), policy: policy, at: try moment(at)) else {
            let words = "nothing is wrong with its signature"
            return format == .json ? try output(json: ["text": words]) : output(words)
        }
        switch format {
        case .json: try output(json: diagnosis)
        case .text: output(diagnosis.description)
        }
        if diagnosis.cause == nil { throw ExitCode(1) }
    }
}

extension RuleGuidance {
    /// For people.
    fileprivate var text: String {
        let causes = causes.map { cause in "  - " + (cause.toolkit.map { "\($0): " } ?? "") + cause.text }
        return (["", meaning, "", "How it usually comes about:"] + causes + ["", "What to tell the partner:", "  " + advice])
            .joined(separator: "\n")
    }
}

extension Diagnosis {
    /// For people.
    var description: String {
        var lines = ["refused:  \(refusal)", "cause:    \(cause?.rawValue ?? "unknown")", "          \(text)"]
        if let part, let received, let signed { lines += ["where:    \(part)", "received: \(received)", "signed:   \(signed)"] }
        return lines.joined(separator: "\n")
    }
}
