/// What a person needs to know of a rule beyond its reason and remedy: what the gateway saw, how it comes about with the toolkits that
/// partners use, and what to tell the partner.
///
/// The texts are plain but for names in backticks. Settings of toolkits have their real names; where that is not known for sure, they are
/// described.
public struct RuleGuidance: Sendable {
    /// What was seen and why it matters; it stands below the rule's reason and does not repeat it.
    public let meaning: String
    /// The most frequent ones, in no order of blame.
    public let causes: [Cause]
    /// Ready to be sent to the partner's engineer. "We" and "us" are the operator of this gateway.
    public let advice: String

    /// One way in which it comes about.
    public struct Cause: Hashable, Sendable {
        /// `nil` where it is the same with any toolkit.
        public let toolkit: String?
        public let text: String

        public static func any(_ text: String) -> Cause { Cause(toolkit: nil, text: text) }

        public static func toolkit(_ toolkit: String, _ text: String) -> Cause { Cause(toolkit: toolkit, text: text) }
    }

    public init(meaning: String, causes: [Cause], advice: String) {
        self.meaning = meaning
        self.causes = causes
        self.advice = advice
    }

    /// By the rules' numbers; one for each rule.
    public static let all: [Int: RuleGuidance] = [
        document, envelope, security, signature, integrity, trust, clock, exchange, dataset, gateway,
    ].reduce(into: [:]) { all, part in
        all.merge(part) { _, _ in preconditionFailure("a rule stands in one file only") }
    }

    public static func of(number: Int) -> RuleGuidance? { all[number] }
}
