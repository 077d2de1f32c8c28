public import XMLSignature

/// What a message must fulfil to be accepted as signed.
public struct SecurityPolicy: Sendable {
    public enum SecondEngine: Sendable { case asked, notAsked }
    public enum Clock: Sendable { case checked, notChecked }

    public var signature: SignaturePolicy
    /// Seconds that a Timestamp may lie in the future.
    public var clockTolerance: Int
    /// Seconds that a message lives at the most, also where its Timestamp has no Expires or a later one.
    public var maximumAge: Int
    /// Whether libxmlsec1 must agree.
    public var secondEngine: SecondEngine
    /// Not checked when an old message is judged for the archive.
    public var clock: Clock

    public init(
        signature: SignaturePolicy = .strict, clockTolerance: Int = 60, maximumAge: Int = 300,
        secondEngine: SecondEngine = .notAsked, clock: Clock = .checked
    ) {
        self.signature = signature
        self.clockTolerance = clockTolerance
        self.maximumAge = maximumAge
        self.secondEngine = secondEngine
        self.clock = clock
    }
}
