internal import Stores

/// The rows that some records are made of, read in a few steps.
struct LoggedRows {
    let messages: [Int64: LoggedMessage]
    let certificates: [Int64: LoggedCertificate]
    private let refusals: [Int64: StoredRefusal]
    private let changes: [Int64: StoredChange]

    init(_ keys: [LogKey], _ reading: any LogReading) throws {
        func subjects(_ kind: LogKind) -> [Int64] { Set(keys.lazy.filter { $0.kind == kind }.map(\.subject)).sorted() }
        messages = try reading.logged(messages: subjects(.event))
        certificates = try reading.logged(certificates: subjects(.fact))
        let (refusals, changes) = (try reading.refusals(at: subjects(.refusal)), try reading.changes(at: subjects(.change)))
        self.refusals = Dictionary(refusals.map { ($0.sequence, $0) }, uniquingKeysWith: { one, _ in one })
        self.changes = Dictionary(changes.map { ($0.sequence, $0) }, uniquingKeysWith: { one, _ in one })
    }

    func refusal(_ position: Int64) -> StoredRefusal? { refusals[position] }

    /// - Returns: `nil` where the row is not there.
    func record(_ key: LogKey) -> [UInt8]? {
        switch key.kind {
        case .event:
            guard let message = messages[key.subject], let event = message.events.first(where: { $0.number == key.number }) else {
                return nil
            }
            return LogRecord(event, of: message.message).bytes
        case .fact:
            guard let certificate = certificates[key.subject], let fact = certificate.facts.first(where: { $0.message == key.number })
            else { return nil }
            return LogRecord(fact, of: certificate.certificate).bytes
        case .refusal: return refusals[key.subject].map { LogRecord($0).bytes }
        case .change: return changes[key.subject].map { LogRecord($0).bytes }
        }
    }
}
