public import XML

/// What one message says about a certificate. The facts of a certificate, in whatever order they came, are all that its state is made
/// of; so both sides, having the same messages, see the same.
public enum CertificateFact: Hashable, Sendable {
    /// By send-co; or embedded in the amendment that it replaces another by, once that is carried out.
    case issued(Edition, message: String)
    /// By an amendment notification of kind 4.
    case corrected(Edition, message: String, at: XMLDateTime)
    /// Of kind 5; it carries the whole new certificate.
    case replacementNotified(by: String, Edition, message: String, at: XMLDateTime)
    /// Of kind 1.
    case cancelationNotified(message: String, at: XMLDateTime)
    /// By send-cancelation-status.
    case answered(CancelationAnswer)
    /// By send-feedback.
    case treated(TreatmentDecision)

    /// One version of a certificate.
    public struct Edition: Hashable, Codable, Sendable {
        /// `nil` where the issuer does not count.
        public let version: String?
        /// The last day of its validity; `nil` where it names none.
        public let validUntil: String?
    }
}

public struct CancelationAnswer: Hashable, Codable, Sendable {
    public let isCanceled: Bool
    public let reason: String?
    /// The message id of the notification; `nil` where nobody asked, or it does not say.
    public let respondsTo: String?
    public let message: String
    public let at: XMLDateTime
}

/// The origin treatment that one feedback gives.
public struct TreatmentDecision: Hashable, Codable, Sendable {
    public let message: String
    public let at: XMLDateTime
    /// By the number of the item; `nil` for the whole certificate.
    public let items: [Item]

    public struct Item: Hashable, Codable, Sendable {
        public let sequence: Int?
        public let treatment: Treatment
    }
}

/// Code list `treatment` of the menu, and what is so before the first feedback.
public enum Treatment: String, Codable, Sendable, CaseIterable {
    case none = "NONE"
    case pending = "PENDING"
    case granted = "GRANTED"
    case partial = "PARTIAL"
    case denied = "DENIED"
    case notClaimed = "NOT_CLAIMED"
    case revoked = "REVOKED"
}
