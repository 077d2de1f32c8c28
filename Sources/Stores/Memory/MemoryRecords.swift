/// What the memory store holds; positions count from one.
final class MemoryRecords {
    var messages: [MemoryMessage] = []
    var positions: [String: Int64] = [:]
    var claims: [Claim: Int64] = [:]
    var certificates: [CertificateRecord] = []
    var certificatePositions: [CertificateKey: Int64] = [:]
    var facts: [Int64: [Int64: String]] = [:]
    var work: [Int64: MemoryWork] = [:]
    var refusals: [RefusalNote] = []

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
