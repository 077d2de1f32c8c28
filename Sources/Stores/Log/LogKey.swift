/// What one record of the sealed log is about.
public struct LogKey: Sendable, Codable, Hashable, Comparable {
    public let kind: LogKind
    /// Position of a message, a certificate, a refusal or a change, by kind.
    public let subject: Int64
    /// Number of the event, or position of the message that brought the fact; otherwise 0.
    public let number: Int64

    public init(_ kind: LogKind, _ subject: Int64, _ number: Int64 = 0) {
        self.kind = kind
        self.subject = subject
        self.number = number
    }

    public static func < (one: LogKey, other: LogKey) -> Bool {
        (one.kind.rawValue, one.subject, one.number) < (other.kind.rawValue, other.subject, other.number)
    }

    /// Records are counted in blocks of so many subjects.
    public static let block: Int64 = 4096
}

/// The kinds of records; their numbers are never changed.
public enum LogKind: Int64, Sendable, Codable, CaseIterable {
    /// Something happened to a message: it was received, refused, accepted, handed on, sent, parked.
    case event = 1
    /// A message said something about a certificate.
    case fact = 2
    /// Somebody unknown was refused.
    case refusal = 3
    /// Somebody who runs the gateway changed something.
    case change = 4
}

/// A record that no seal covers yet.
public struct UnsealedRecord: Sendable, Codable, Hashable {
    public let position: Int64
    public let key: LogKey
}
