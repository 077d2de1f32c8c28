import Exchanges
import RulePages
import SOAP
import Testing

/// Every rule has its page, and no page is of a rule that there is not.
struct RulePagesTests {
    @Test func `each rule has guidance`() {
        #expect(Set(RuleGuidance.all.keys) == Set(Rule.all.map(\.number)))
    }

    @Test(arguments: RuleGuidance.all.keys.sorted()) func `a page has something to say`(_ number: Int) throws {
        let guidance = try #require(RuleGuidance.of(number: number))
        #expect(!guidance.causes.isEmpty && !guidance.meaning.isEmpty && !guidance.advice.isEmpty)
        for text in [guidance.meaning, guidance.advice] + guidance.causes.map(\.text) {
            #expect(!text.contains("  ") && !text.contains("|"), "\(text)")
        }
    }
}
