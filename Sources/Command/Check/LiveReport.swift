/// What a call to a partner found, in the order in which it was found.
struct LiveReport: Encodable {
    let partner: String
    private(set) var verdict = "good"
    private(set) var findings: [Finding] = []

    struct Finding: Encodable {
        let level: Level
        /// The address or host that it is about.
        let place: String
        let text: String
        let help: String?
    }

    enum Level: String, Encodable { case good, note, warning, problem }

    init(partner: String) {
        self.partner = partner
    }

    mutating func note(_ level: Level, _ place: String, _ text: String, help: String? = nil) {
        findings.append(Finding(level: level, place: place, text: text, help: help))
        if level == .problem { verdict = "bad" }
    }

    var text: String {
        var lines: [String] = []
        for finding in findings {
            lines.append("\(finding.level.rawValue.padding(to: 8)) \(finding.place): \(finding.text)")
            if let help = finding.help { lines.append("         help: \(help)") }
        }
        return (lines + ["\(verdict): \(partner)"]).joined(separator: "\n")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
