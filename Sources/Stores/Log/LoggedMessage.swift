/// A message as it stands in the tables, with what is derived and could be changed there as well.
public struct LoggedMessage: Sendable {
    public let message: StoredMessage
    public let claims: Bool
    public let numberKey: String?
    public let isToBeDone: Bool
    public let events: [NumberedEvent]
}

public struct NumberedEvent: Sendable, Hashable {
    public let number: Int64
    public let event: MessageEvent

    public init(number: Int64, event: MessageEvent) {
        self.number = number
        self.event = event
    }
}

/// A certificate with its facts, as they stand in the tables.
public struct LoggedCertificate: Sendable {
    public let certificate: CertificateRecord
    public let numberKey: String
    public let facts: [ArchivedFact]
}
