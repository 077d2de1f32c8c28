/// What the memory store holds, by position; positions count from one.
final class MemoryRecords {
    var messages: [Int64: MemoryMessage] = [:]
    var lastMessage: Int64 = 0
    var positions: [String: Int64] = [:]
    var claims: [Claim: Int64] = [:]
    var certificates: [Int64: CertificateRecord] = [:]
    var lastCertificate: Int64 = 0
    var certificatePositions: [CertificateKey: Int64] = [:]
    var facts: [Int64: [Int64: String]] = [:]
    var work: [Int64: MemoryWork] = [:]
    var refusals: [StoredRefusal] = []
    var lastRefusal: Int64 = 0
    var changes: [StoredChange] = []
    var unsealed: [Int64: LogKey] = [:]
    var lastUnsealed: Int64 = 0
    var seals: [StoredSeal] = []
    var tallies: [Tally.Subject: Int] = [:]

    subscript(message position: Int64) -> MemoryMessage {
        get {
            guard let message = messages[position] else { preconditionFailure("there is no message at \(position)") }
            return message
        }
        set { messages[position] = newValue }
    }

    struct Claim: Hashable {
        let direction: Direction
        let partner: String
        let messageID: String
    }
}

struct MemoryMessage {
    var stored: StoredMessage
    var contents: [ContentKind: [UInt8]]
    var events: [MessageEvent]
}

struct MemoryWork {
    var work: NewWork
    var lease: Lease?
}
