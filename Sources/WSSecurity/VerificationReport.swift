internal import Trust
public import XML

/// What was found in a message, also where it was refused: for people, for the log and for the archive.
public struct VerificationReport: Sendable, Codable, Hashable {
    public enum Verdict: String, Sendable, Codable { case good, bad }
    public enum Integrity: String, Sendable, Codable { case intact, broken, unknown }
    public enum SecondEngine: String, Sendable, Codable {
        case agrees, refuses
        case notAsked = "not asked"
        /// libxmlsec1 1.2 has no RSASSA-PSS: the direct engine judged alone.
        case unable = "not able"
    }

    public var verdict = Verdict.bad
    /// The rule that refused, by its code and its number.
    public var code: String?
    public var rule: Int?
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
    /// Whether the Timestamp was held against that moment.
    public var isClockChecked: Bool?
    /// What was accepted only because the partner's file says so; an alarm for the operator.
    public var warnings: [Warning] = []

    public struct Warning: Sendable, Codable, Hashable {
        public let code: String
        public let text: String

        static func sha1(until end: XMLDateTime?) -> Warning {
            Warning(code: "sha1", text: "SHA-1 was used, which the partner's file allows until \(end?.text ?? "never")")
        }

        static func revocationUnknown(_ gap: RevocationGap) -> Warning {
            Warning(code: "revocation-unknown", text: "whether the certificate was revoked cannot be said: \(gap.description)")
        }
    }

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
