internal import Stores
public import XML

/// What was exchanged with one partner in some time.
public struct ExchangeWindow: Sendable {
    public let partner: Partner
    public let from: XMLDateTime
    public let to: XMLDateTime

    public init(partner: Partner, from: XMLDateTime, to: XMLDateTime) {
        self.partner = partner
        self.from = from
        self.to = to
    }

    /// Seconds by which the clocks of the two sides, and the way between them, may differ.
    private static let edge: Int64 = 300

    func isAtEdge(_ time: String) -> Bool {
        time < from.adding(seconds: ExchangeWindow.edge).text || time >= to.adding(seconds: -ExchangeWindow.edge).text
    }
}

extension Gateway {
    /// What the partner has from us or may have, and what we gave our receipt for; oldest first.
    public func exchanged(_ window: ExchangeWindow) async throws -> [ExchangeEntry] {
        let (from, to, name) = (window.from.text, window.to.text, window.partner.name)
        let (us, them) = (administration.country, window.partner.administration.country)
        return try await store.read { reading in
            var query = MessageQuery(limit: 5000)
            (query.partner, query.from, query.to) = (name, from, to)
            var entries: [ExchangeEntry] = []
            while true {
                let page = try reading.messages(query)
                for message in page where isExchanged(message) {
                    entries.append(ExchangeEntry(message, sender: message.direction == .outbound ? us : them))
                }
                guard page.count == query.limit else { return entries.reversed() }
                query.before = page.last?.sequence
            }
        }
    }

    private func isExchanged(_ message: StoredMessage) -> Bool {
        switch message.state {
        case .refused, .rejected: false
        // Given up by a person: received it is all the same, sent it is not.
        case .abandoned: message.direction == .inbound
        case .accepted, .held, .delivered, .parked, .queued, .acknowledged: true
        }
    }

    /// Compares the partner's list with what the store has.
    public func reconcile(_ window: ExchangeWindow, with theirs: ExchangeList) async throws -> Reconciliation {
        let ours = try await exchanged(window)
        let (us, them, partner) = (administration.country, window.partner.administration.country, window.partner.name)
        return try await store.read { reading in
            try Reconciliation(ours: ours, theirs: theirs.entries, us: us, isAtEdge: window.isAtEdge) { entry in
                let direction: Direction = entry.sender == us ? .outbound : .inbound
                guard entry.sender == us || entry.sender == them else { return nil }
                return try reading.holder(direction, partner: partner, messageID: entry.messageID).map {
                    ExchangeEntry($0, sender: entry.sender)
                }
            }
        }
    }
}
