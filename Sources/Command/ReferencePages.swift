internal import Exchanges
internal import SOAP

/// The pages that the code itself gives: rules and limits.
enum ReferencePages {
    static var files: [(name: String, bytes: [UInt8])] { [("rules.md", rules), ("limits.md", limits)] }

    private static var rules: [UInt8] {
        var lines = [
            "# Rules", "",
            "Every refusal names one of these, by number and code, in its fault (`Rule`, `Code`) and in the log. Written by `coconect-soap",
            "contract` from the program itself; `coconect-soap explain NUMBER` says the same.", "",
            "| Rule | Code | Why | What to do |", "|---|---|---|---|",
        ]
        for rule in Rule.all { lines.append("| \(rule.number) | `\(rule.code)` | \(rule.reason) | \(rule.remedy) |") }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
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
