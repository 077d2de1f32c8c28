/// A rule of the WS-I Basic Security Profile 1.1 that a message breaks, though it may be accepted here: other gateways refuse it.
public struct ProfileFinding: Hashable, Sendable {
    /// Such as `R5205`.
    public let rule: String
    public let level: Level
    /// XPath of local names.
    public let place: String
    public let text: String
    public let remedy: String

    /// What the profile says: MUST or SHOULD.
    public enum Level: String, Sendable { case broken, advice }
}
