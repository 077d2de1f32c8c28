internal import Exchanges
internal import RulePages
internal import SOAP

/// The pages that the code itself gives: rules and limits.
enum ReferencePages {
    static var files: [(name: String, bytes: [UInt8])] { [("rules.md", rules), ("limits.md", limits)] }

    private static var rules: [UInt8] {
        var lines = [
            "# Rules", "",
            "Every refusal names one of these, by number and code, in its fault (`Rule`, `Code`) and in the log. Written by `coconect-soap",
            "contract` from the program itself; `coconect-soap explain NUMBER` says the same. Behind the table each has a section: what it",
            "means, how it usually comes about with which toolkit, and what to tell the partner.", "",
            "| Rule | Code | Why | What to do |", "|---|---|---|---|",
        ]
        for rule in Rule.all {
            lines.append("| [\(rule.number)](#\(anchor(rule))) | `\(rule.code)` | \(rule.reason) | \(rule.remedy) |")
        }
        for rule in Rule.all { lines += section(rule) }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func heading(_ rule: Rule) -> String { "\(rule.number) \(rule.code)" }
    /// As renderers of Markdown make it of a heading.
    private static func anchor(_ rule: Rule) -> String { heading(rule).replacing(" ", with: "-") }

    private static func section(_ rule: Rule) -> [String] {
        guard let guidance = RuleGuidance.of(number: rule.number) else { return [] }
        let causes = guidance.causes.map { cause in "- " + (cause.toolkit.map { "*\($0)*: " } ?? "") + cause.text }
        return ["", "## \(heading(rule))", "", guidance.meaning, "", "How it usually comes about:", ""] + causes + [
            "", "What to tell the partner:", "", "> \(guidance.advice)",
        ]
    }

    private static var limits: [UInt8] {
        var lines = [
            "# Limits", "",
            "What a request may cost, each checked before the work that it bounds. The keys are those of the configuration file; the listener",
            "of the JSON API has the first \(Limit.ofListener.count) too, under `api.`. Written by `coconect-soap contract` from the program itself.",
            "",
            "| Key | Unless set | May be | What |", "|---|---|---|---|",
        ]
        for (key, limit) in Limit.all {
            let unit = limit.unit.isEmpty ? "" : " " + limit.unit
            lines.append("| `\(key)` | \(limit.standard)\(unit) | \(limit.range.lowerBound) to \(limit.range.upperBound) | \(limit.text) |")
        }
        lines += [
            "",
            "Fixed ceilings of a signature, whatever a partner's file says: 64 References (16 unless set), 2 Transforms of one Reference, 64",
            "prefixes of one PrefixList (32 unless set), RSA keys from 2048 bits. A Content-Encoding other than `identity` is refused.",
        ]
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
