public import Stores
internal import XML

/// A certificate as people and the JSON gateway see it: its three states, and every message about it.
public struct CertificateView: Encodable, Sendable {
    public let partner: String
    /// `inbound` where the partner's country issued it.
    public let side: Direction
    public let number: String
    /// Of the certificate: none, issued, replacement-notified, cancelation-notified, replaced, canceled.
    public let state: String
    public let isExpired: Bool
    public let version: String?
    public let replacedBy: String?
    /// The message id of the notification that waits for an answer.
    public let openNotification: String?
    public let treatment: String
    public let treatmentByItem: [String: String]
    public let updatedAt: String
    /// Oldest first, each with its transport state.
    public let messages: [StoredMessage]
}

public struct CertificateSearch: Encodable, Sendable {
    public let certificates: [CertificateView]
    /// Numbers that differ only in what looks alike: perhaps not the one that was meant.
    public let warning: String?
}

extension Gateway {
    /// Every certificate whose number is the one typed, or looks like it.
    public func certificates(number: String) async throws -> CertificateSearch {
        let now = clock()
        return try await store.read { reading in
            let records = try reading.certificates(number: number)
            var query = MessageQuery(limit: 1000)
            query.certificateNumber = number
            let messages = try reading.messages(query).reversed()
            let views = try records.map { record in
                let facts = try reading.facts(of: record.sequence).map(CertificateFact.init(text:))
                return CertificateView(record, facts, Array(messages), on: String(now.text.prefix(10)))
            }
            let numbers = Set(records.map(\.key.number)).sorted()
            let isExact = numbers == [number]
            return CertificateSearch(
                certificates: views,
                warning: isExact || numbers.isEmpty
                    ? nil
                    : numbers.count > 1
                        ? "numbers that look alike: \(numbers.joined(separator: ", "))" : "the number is \(numbers[0]), not as it was typed"
            )
        }
    }
}

extension CertificateView {
    init(_ record: CertificateRecord, _ facts: [CertificateFact], _ messages: [StoredMessage], on day: String) {
        let (life, treatments) = (CertificateLife(facts), TreatmentLife(facts))
        partner = record.key.partner
        side = record.key.side
        number = record.key.number
        state = life.state.name
        isExpired = life.isExpired(on: day)
        version = life.edition?.version
        replacedBy = if case .replaced(let by) = life.state { by } else { nil }
        openNotification = life.open?.message
        treatment = treatments.summary
        treatmentByItem = Dictionary(uniqueKeysWithValues: treatments.items.map { ("\($0.key)", $0.value.rawValue) })
        updatedAt = record.updatedAt
        self.messages = messages.filter { message in
            message.partner == record.key.partner && message.certificateNumber == record.key.number
                && Operation(rawValue: message.operation)?.certificateSide(message.direction) == record.key.side
        }
    }
}
