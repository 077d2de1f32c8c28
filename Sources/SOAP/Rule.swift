/// A rule by which messages are refused. Its number and its code are what faults, logs and metrics name it by; reason and remedy
/// are the page that partners read.
public struct Rule: Hashable, Sendable {
    public let number: Int
    /// Short and stable, for programs.
    public let code: String
    public let reason: String
    /// What the sender can do.
    public let remedy: String

    public init(_ number: Int, _ code: String, reason: String, remedy: String) {
        self.number = number
        self.code = code
        self.reason = reason
        self.remedy = remedy
    }

    public static func == (one: Rule, other: Rule) -> Bool { one.number == other.number }
    public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
