internal import Stores

/// The text of a record: what stands in the tables, one line a thing, so that a person can read what the digest is of. Backslash, line feed
/// and carriage return in a value are escaped as in JSON. The form is never changed.
struct LogRecord {
    private(set) var bytes: [UInt8] = []

    private init(_ key: LogKey) {
        bytes.reserveCapacity(1024)
        add("coconect-record", "1")
        add("kind", LogRecord.name(of: key.kind))
        add("subject", "\(key.subject)")
        if key.number != 0 { add("number", "\(key.number)") }
    }

    init(_ numbered: NumberedEvent, of message: StoredMessage) {
        self.init(LogKey(.event, message.sequence, numbered.number))
        add("id", message.id)
        add("direction", message.direction.rawValue)
        add("partner", message.partner)
        add("operation", message.operation)
        add("messageId", message.messageID)
        add("contentDigest", message.contentDigest)
        if let number = message.certificateNumber { add("certificateNumber", number) }
        add("correlationId", message.correlationID)
        add("receivedAt", message.receivedAt)
        add("at", numbered.event.at)
        add("state", numbered.event.state.rawValue)
        if let detail = numbered.event.detail { add("detail", detail) }
        // Its lines are words of ours, each of which reads as a name and a value here too; that they follow is said first.
        if let written = numbered.event.written {
            add("written", "\(written.utf8.count)")
            bytes += written.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    init(_ fact: ArchivedFact, of certificate: CertificateRecord) {
        self.init(LogKey(.fact, certificate.sequence, fact.message))
        add("partner", certificate.key.partner)
        add("side", certificate.key.side.rawValue)
        add("certificateNumber", certificate.key.number)
        add("fact", fact.fact)
    }

    init(_ refusal: StoredRefusal) {
        self.init(LogKey(.refusal, refusal.sequence))
        add("at", refusal.note.at)
        add("code", refusal.note.code)
        add("correlationId", refusal.note.correlationID)
        add("peer", refusal.note.peer)
        add("requestDigest", refusal.note.digest)
    }

    init(_ change: StoredChange) {
        self.init(LogKey(.change, change.sequence))
        add("at", change.note.at)
        add("actor", change.note.actor)
        add("action", change.note.action)
        add("detail", change.note.detail)
    }

    private static func name(of kind: LogKind) -> String {
        switch kind {
        case .event: "event"
        case .fact: "fact"
        case .refusal: "refusal"
        case .change: "change"
        }
    }

    private mutating func add(_ name: StaticString, _ value: String) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: " "))
        var value = value
        value.withUTF8 { text in
            guard text.contains(where: LogRecord.isEscaped) else { return bytes.append(contentsOf: text) }
            for byte in text { if LogRecord.isEscaped(byte) { escape(byte) } else { bytes.append(byte) } }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        default: bytes.append(byte)
        }
    }
}
