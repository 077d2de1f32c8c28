/// Something that somebody who runs the gateway did.
public struct ChangeNote: Sendable, Codable, Hashable {
    public let at: String
    /// Who: a user of the console or of the machine.
    public let actor: String
    /// What, in a word that is never changed: `retry`, `abandon`, `retire`, `reload`, …
    public let action: String
    public let detail: String

    public init(at: String, actor: String, action: String, detail: String) {
        self.at = at
        self.actor = actor
        self.action = action
        self.detail = detail
    }
}

/// A change at its position in the log.
public struct StoredChange: Sendable, Codable, Hashable {
    public let sequence: Int64
    public let note: ChangeNote

    public init(sequence: Int64, note: ChangeNote) {
        self.sequence = sequence
        self.note = note
    }
}

/// A refusal at its position in the log.
public struct StoredRefusal: Sendable, Codable, Hashable {
    public let sequence: Int64
    public let note: RefusalNote

    public init(sequence: Int64, note: RefusalNote) {
        self.sequence = sequence
        self.note = note
    }
}
