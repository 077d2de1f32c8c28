/// How often something came out in an hour: what remains to be seen of the traffic when its messages are gone.
public struct Tally: Sendable, Codable, Hashable {
    public struct Subject: Sendable, Codable, Hashable {
        /// The hour, as in `2026-11-22T10`, UTC.
        public let hour: String
        public let direction: Direction
        /// Empty where nobody known sent it.
        public let partner: String
        public let operation: String
        /// A transport state, or `rule` and the code of the rule by which it was refused.
        public let outcome: String

        public init(hour: String, direction: Direction, partner: String, operation: String, outcome: String) {
            self.hour = hour
            self.direction = direction
            self.partner = partner
            self.operation = operation
            self.outcome = outcome
        }
    }

    public let subject: Subject
    public let count: Int

    public init(_ subject: Subject, count: Int) {
        self.subject = subject
        self.count = count
    }
}
