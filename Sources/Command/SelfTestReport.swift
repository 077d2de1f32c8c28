internal import Attacks
internal import Foundation

/// What an endpoint did with each attack.
struct SelfTestReport: Encodable {
    let url: String
    private(set) var results: [Result] = []
    private(set) var untriedShapes = 0

    enum Answer: Equatable, CustomStringConvertible {
        case accepted
        /// By the code in the fault; empty where the fault has none.
        case refused(String)
        case status(Int)
        case failed(String)

        init(status: Int, text: String) {
            let isFault = text.contains(":Fault>") || text.contains("<Fault")
            if isFault {
                self = .refused(Answer.code(in: text))
            } else if (200...299).contains(status) {
                self = .accepted
            } else {
                self = .status(status)
            }
        }

        /// The code of our own Refusal; other endpoints give none.
        private static func code(in fault: String) -> String {
            guard let refusal = fault.range(of: "<Refusal "),
                let start = fault.range(of: "<Code>", range: refusal.upperBound..<fault.endIndex),
                let end = fault.range(of: "</Code>", range: start.upperBound..<fault.endIndex)
            else { return "" }
            return String(fault[start.upperBound..<end.lowerBound])
        }

        var description: String {
            switch self {
            case .accepted: "accepted"
            case .refused(let code): code.isEmpty ? "refused, no rule named" : code
            case .status(let status): "HTTP \(status)"
            case .failed(let reason): "no answer: \(reason)"
            }
        }
    }

    enum Verdict: String, Encodable {
        case good
        /// Refused, but by another rule than expected or without naming one: safe, and worth a look.
        case otherRule = "other rule"
        case bad
    }

    struct Result: Encodable {
        let name: String
        let title: String
        let shape: String
        let expected: String
        let got: String
        let verdict: Verdict
    }

    init(url: String) {
        self.url = url
    }

    mutating func note(untried: Int) { untriedShapes = untried }

    mutating func add(_ attack: Attack, _ answer: Answer) {
        results.append(
            Result(
                name: attack.name, title: attack.title, shape: attack.shape.description, expected: attack.expectation.text,
                got: answer.description, verdict: attack.expectation.verdict(on: answer)))
    }

    var verdict: String { results.contains { $0.verdict == .bad } || untriedShapes > 0 ? "bad" : "good" }

    private enum CodingKeys: String, CodingKey { case url, verdict, results, untriedShapes }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(url, forKey: .url)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(untriedShapes, forKey: .untriedShapes)
        try container.encode(results, forKey: .results)
    }

    /// One line for each attack that went the same way in every shape; the others shape by shape.
    var text: String {
        var lines = ["  verdict     attack       shapes  expected -> got: what"]
        var groups: [String: [Result]] = [:]
        var order: [String] = []
        for result in results {
            let key = [result.verdict.rawValue, result.name, result.title, result.expected, result.got].joined(separator: "\n")
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(result)
        }
        for key in order {
            guard let group = groups[key], let first = group.first else { continue }
            let columns = [first.verdict.rawValue.padded(11), first.name.padded(12), String(group.count).padded(6)]
            let outcome = first.expected == first.got ? first.got : "\(first.expected) -> \(first.got)"
            lines.append("  \(columns.joined(separator: " "))  \(outcome): \(first.title)")
            if first.verdict == .bad { lines.append("               in: " + group.map(\.shape).joined(separator: "; ")) }
        }
        let counts = [Verdict.good, .otherRule, .bad].map { verdict in "\(results.count { $0.verdict == verdict }) \(verdict.rawValue)" }
        lines.append("\(verdict): \(results.count) messages to \(url): \(counts.joined(separator: ", "))")
        if untriedShapes > 0 {
            lines.append("the time was over: \(untriedShapes) shapes were not tried to their end; give more --seconds or a higher --rate")
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Attack.Expectation {
    fileprivate var text: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let codes): codes.sorted().joined(separator: " or ")
        case .status(let status): "HTTP \(status)"
        }
    }

    fileprivate func verdict(on answer: SelfTestReport.Answer) -> SelfTestReport.Verdict {
        switch (self, answer) {
        case (.accepted, .accepted): .good
        case (.refused(let codes), .refused(let code)): codes.contains(code) ? .good : .otherRule
        case (.status(let expected), .status(let got)) where expected == got: .good
        case (.refused, .status(let got)), (.status, .status(let got)): (400...499).contains(got) ? .otherRule : .bad
        case (.status, .refused): .otherRule
        default: .bad
        }
    }
}
