public import XML

/// What was found in a message, also where it was refused: for people, for the log and for the archive.
public struct VerificationReport: Sendable, Codable, Hashable {
    public enum Verdict: String, Sendable, Codable { case good, bad }
    public enum Integrity: String, Sendable, Codable { case intact, broken, unknown }
    public enum SecondEngine: String, Sendable, Codable {
        case agrees, refuses
        case notAsked = "not asked"
    }

    public var verdict = Verdict.bad
    /// The rule that refused, by its code.
    public var code: String?
    public var reason: String?
    /// Whether the content is as its signer signed it, apart from whether the signer is trusted now.
    public var integrity = Integrity.unknown
    public var soapVersion: String?
    public var signer: Signer?
    public var signatureAlgorithm: String?
    public var parts: [Part] = []
    public var created: String?
    public var expires: String?
    /// The moment for which trust was judged.
    public var judgedAt: String
    public var secondEngine = SecondEngine.notAsked

    public struct Signer: Sendable, Codable, Hashable {
        public let partner: String
        public let subject: String
        public let issuer: String
        public let serialNumber: String
        /// SHA-256, hexadecimal.
        public let fingerprint: String
        public let key: String
        public let notBefore: String
        public let notAfter: String
    }

    public struct Part: Sendable, Codable, Hashable {
        public let path: String
        public let id: String
        public let digestAlgorithm: String
        /// Base64.
        public let digest: String
    }

    public init(judgedAt moment: XMLDateTime) {
        judgedAt = moment.text
    }
}
