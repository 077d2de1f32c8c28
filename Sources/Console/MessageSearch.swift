internal import Exchanges
internal import Foundation
internal import SOAP
internal import Stores
internal import XML

/// What somebody looks for, as the form of the page gives it; what cannot be read is told, not guessed.
public struct MessageSearch: Sendable {
    let fields: [String: String]
    private(set) var query = MessageQuery(limit: MessageSearch.page)
    private(set) var problem: String?

    private static let page = 50

    init(_ fields: [String: String]) {
        self.fields = fields.mapValues { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.value.isEmpty }
        query.certificateNumber = self.fields["number"]
        query.messageID = self.fields["id"]
        query.partner = self.fields["partner"]
        query.operation = self.fields["operation"]
        query.rule = self.fields["rule"].map { rule in Int(rule).flatMap(RuleBook.rule)?.code ?? rule }
        query.before = self.fields["before"].flatMap { Int64($0) }
        query.direction = self.fields["direction"].flatMap(Direction.init)
        query.state = self.fields["state"].flatMap(TransportState.init)
        query.from = moment("from")
        query.to = moment("to")
    }

    /// A time, or a day, in UTC.
    private mutating func moment(_ name: String) -> String? {
        guard let text = fields[name] else { return nil }
        let words = text.replacing(" ", with: "T")
        for candidate in [words, words + "T00:00:00Z", words + ":00Z", words + "Z"] {
            if let moment = XMLDateTime(candidate) { return moment.text }
        }
        problem = "\(name) is '\(text)': write a day as 2026-11-22, or a time as 2026-11-22 10:05 (UTC)."
        return nil
    }

    /// The address of the next page.
    func next(behind message: StoredMessage) -> String {
        let values = fields.filter { $0.key != "before" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return "/console/messages?" + ConsoleAddress.query(values + [("before", "\(message.sequence)")])
    }
}

extension Console {
    func messages(_ search: MessageSearch, _ user: ConsoleUser) async throws -> ConsolePage {
        let asked = search.query
        let found = search.problem == nil ? try await store.read { try $0.messages(asked) } : []
        let strangers = try await strangers(refusedBy: search.query.rule)
        // A local id leads to its message as well as the id that the sender gave.
        if found.isEmpty, let id = search.fields["id"], let message = try await store.read({ try $0.message(id: id) }) {
            return try await self.message(message.id, user) ?? missing(for: user)
        }
        let numbers = Set(found.compactMap(\.certificateNumber))
        let typed = search.fields["number"]
        let isLast = found.count < asked.limit
        return render(
            Content(
                number: typed ?? "", id: search.fields["id"] ?? "", from: search.fields["from"] ?? "", to: search.fields["to"] ?? "",
                rule: search.fields["rule"] ?? "", partners: Choice.all(gateway.partners.partners.keys.sorted(), search.fields["partner"]),
                operations: Choice.all(Exchanges.Operation.allCases.map(\.rawValue), search.fields["operation"]),
                states: Choice.all(TransportState.allCases.map(\.rawValue), search.fields["state"]),
                directions: Choice.all(Direction.allCases.map(\.rawValue), search.fields["direction"]), problem: search.problem,
                warning: typed.flatMap { typed in
                    numbers.isEmpty || numbers == [typed]
                        ? nil : "Found by what looks like it: \(numbers.sorted().joined(separator: ", "))."
                }, list: Templates.render(MessageList(found), "list"), strangers: strangers,
                isEmpty: found.isEmpty && strangers.isEmpty && search.problem == nil,
                next: isLast ? nil : found.last.map(search.next)), "messages", title: "Messages", user)
    }

    /// The newest of those who were refused before it was known who they are: of them there is no message.
    private func strangers(refusedBy rule: String?) async throws -> [Stranger] {
        guard let rule else { return [] }
        return try await store.read { try $0.refusals(limit: 1000) }.filter { $0.code == rule }.prefix(100).map {
            Stranger(at: $0.at.second, peer: $0.peer, correlation: $0.correlationID, digest: $0.digest)
        }
    }

    private struct Stranger {
        let at: String
        let peer: String
        let correlation: String
        let digest: String
    }

    /// For an address at which there is nothing.
    public func missing(for user: ConsoleUser) -> ConsolePage {
        render(
            Notice(title: "Not there", text: "Nothing is known by this name. It may have been moved to an archive."), "notice",
            title: "Not there", user, status: 404)
    }

    private struct Content {
        let number: String
        let id: String
        let from: String
        let to: String
        let rule: String
        let partners: [Choice]
        let operations: [Choice]
        let states: [Choice]
        let directions: [Choice]
        let problem: String?
        let warning: String?
        let list: String
        let strangers: [Stranger]
        let isEmpty: Bool
        let next: String?
    }
}

struct Notice {
    let title: String
    let text: String
}

/// An entry of a list to choose from.
struct Choice {
    let value: String
    let isChosen: Bool

    static func all(_ values: [String], _ chosen: String?) -> [Choice] { values.map { Choice(value: $0, isChosen: $0 == chosen) } }
}

/// Messages as rows.
struct MessageList {
    struct Row {
        let address: String
        let id: String
        let at: String
        let direction: String
        let partner: String
        let operation: String
        let number: String?
        let numberAddress: String
        let state: String
        let kind: String
        let detail: String
    }

    let rows: [Row]

    init(_ messages: [StoredMessage]) {
        rows = messages.map { message in
            Row(
                address: ConsoleAddress.message(message.id), id: message.messageID.isEmpty ? message.id : message.messageID,
                at: message.receivedAt.second, direction: message.direction.rawValue, partner: message.partner,
                operation: message.operation,
                number: message.certificateNumber, numberAddress: ConsoleAddress.certificate(message.certificateNumber ?? ""),
                state: message.state.rawValue, kind: message.state.kind, detail: message.detail ?? "")
        }
    }
}

extension TransportState {
    /// How it is coloured.
    var kind: String {
        switch self {
        case .delivered, .acknowledged: "good"
        case .accepted, .queued, .held: "open"
        case .refused, .rejected, .parked, .abandoned: "bad"
        }
    }
}
