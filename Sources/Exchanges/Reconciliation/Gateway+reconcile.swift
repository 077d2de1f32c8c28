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
    /// Everything but what was refused or given up; oldest first.
    public func exchanged(_ window: ExchangeWindow) async throws -> [ExchangeEntry] {
        let (from, to, name) = (window.from.text, window.to.text, window.partner.name)
        let (us, them) = (administration.country, window.partner.administration.country)
        return try await store.read { reading in
            var query = MessageQuery(limit: 5000)
            (query.partner, query.from, query.to) = (name, from, to)
            var entries: [ExchangeEntry] = []
            while true {
                let page = try reading.messages(query)
                for message in page where ![.refused, .abandoned, .rejected].contains(message.state) {
                    entries.append(ExchangeEntry(message, sender: message.direction == .outbound ? us : them))
                }
                guard page.count == query.limit else { return entries.reversed() }
                query.before = page.last?.sequence
            }
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
