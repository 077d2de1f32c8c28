public import XML
public import XMLSignature

/// What a message must fulfil to be accepted as signed.
public struct SecurityPolicy: Sendable {
    public enum SecondEngine: Sendable { case asked, notAsked }
    public enum Clock: Sendable { case checked, notChecked }

    public var signature: SignaturePolicy
    /// Until when SHA-1 is taken beside what `signature` allows; `nil` for never.
    public var sha1Until: XMLDateTime?
    /// Seconds that a Timestamp may lie in the future.
    public var clockTolerance: Int
    /// Seconds that a message lives at the most, also where its Timestamp has no Expires or a later one.
    public var maximumAge: Int
    /// Whether libxmlsec1 must agree.
    public var secondEngine: SecondEngine
    /// Not checked when an old message is judged for the archive.
    public var clock: Clock

    public init(
        signature: SignaturePolicy = .strict, sha1Until: XMLDateTime? = nil, clockTolerance: Int = 60, maximumAge: Int = 300,
        secondEngine: SecondEngine = .notAsked, clock: Clock = .checked
    ) {
        self.signature = signature
        self.sha1Until = sha1Until
        self.clockTolerance = clockTolerance
        self.maximumAge = maximumAge
        self.secondEngine = secondEngine
        self.clock = clock
    }

    func signature(at moment: XMLDateTime) -> SignaturePolicy {
        sha1Until.map { moment <= $0 } == true ? signature.allowingSHA1() : signature
    }
}

/// The policy of each partner, by its name, and the one of all that have none of their own.
public struct SecurityPolicies: Sendable {
    public var common: SecurityPolicy
    public var own: [String: SecurityPolicy]

    public init(_ common: SecurityPolicy, own: [String: SecurityPolicy] = [:]) {
        self.common = common
        self.own = own
    }

    public subscript(partner: String) -> SecurityPolicy { own[partner] ?? common }
}
