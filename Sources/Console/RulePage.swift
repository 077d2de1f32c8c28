internal import Exchanges
internal import RulePages
internal import SOAP

extension Console {
    func rules(_ user: ConsoleUser) -> ConsolePage {
        render(RuleList(rules: RuleBook.all.map(RuleRow.init)), "rules", title: "Rules", user)
    }

    func rule(_ number: Int, _ user: ConsoleUser) -> ConsolePage? {
        guard let rule = RuleBook.rule(number: number) else { return nil }
        let guidance = RuleGuidance.of(number: number)
        return render(
            Content(
                rule: RuleRow(rule), meaning: guidance?.meaning,
                causes: (guidance?.causes ?? []).map { Cause(toolkit: $0.toolkit, text: $0.text) },
                advice: guidance?.advice, messages: "/console/messages?" + ConsoleAddress.query([("rule", rule.code)])), "rule",
            title: "Rule \(number)", user)
    }

    private struct RuleList {
        let rules: [RuleRow]
    }

    private struct RuleRow {
        let number: String
        let code: String
        let reason: String
        let remedy: String
        let address: String

        init(_ rule: Rule) {
            number = "\(rule.number)"
            code = rule.code
            reason = rule.reason
            remedy = rule.remedy
            address = ConsoleAddress.rule(rule.number)
        }
    }

    private struct Content {
        let rule: RuleRow
        let meaning: String?
        let causes: [Cause]
        let advice: String?
        let messages: String
    }

    private struct Cause {
        let toolkit: String?
        let text: String
    }
}
