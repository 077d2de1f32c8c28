internal import Datasets
internal import Exchanges
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Stores
internal import XML

/// A message with its history and the addresses of its bytes.
struct MessageView: Encodable {
    let message: StoredMessage
    let events: [MessageEvent]
    let links: [String: String]

    init(_ message: StoredMessage, store: any MessageStore) async throws {
        self.message = message
        let kinds: [ContentKind]
        (events, kinds) = try await store.read { (try $0.events(of: message.id), try $0.contentKinds(of: message.id)) }
        links = Dictionary(uniqueKeysWithValues: kinds.map { ($0.rawValue, "/messages/\(message.id)/\($0.rawValue)") })
    }
}

struct MessagePage: Encodable {
    let messages: [StoredMessage]
    /// Give it as `before` to get the next page; absent on the last.
    let next: Int64?
}

extension MessageQuery {
    struct Unreadable: Error {
        let problem: Problem
    }

    static let parameters = ["direction", "partner", "operation", "state", "messageId", "certificate", "from", "to", "before", "limit"]

    static func read(
        _ parameters: FlatDictionary<Substring, Substring>, allowed: [String] = MessageQuery.parameters
    ) -> Result<MessageQuery, Unreadable> {
        func unreadable(_ detail: String) -> Result<MessageQuery, Unreadable> {
            .failure(Unreadable(problem: Problem(.badRequest, type: "query", title: "Query not understood", detail: detail)))
        }
        for (name, _) in parameters where !allowed.contains(String(name)) {
            let near = String(name).nearest(in: allowed, within: 3).first.map { "; did you mean \($0)?" } ?? ""
            return unreadable("unknown parameter \(name)\(near)")
        }
        var query = MessageQuery()
        if let text = parameters["direction"] {
            guard let direction = Direction(rawValue: String(text)) else { return unreadable("direction is inbound or outbound") }
            query.direction = direction
        }
        if let text = parameters["state"] {
            guard let state = TransportState(rawValue: String(text)) else {
                return unreadable("state is one of \(TransportState.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            query.state = state
        }
        if let text = parameters["limit"] {
            guard let limit = Int(text), (1...500).contains(limit) else { return unreadable("limit is a number from 1 to 500") }
            query.limit = limit
        }
        if let text = parameters["before"] {
            guard let before = Int64(text) else { return unreadable("before is the next of an earlier page") }
            query.before = before
        }
        query.partner = parameters["partner"].map(String.init)
        query.operation = parameters["operation"].map(String.init)
        query.messageID = parameters["messageId"].map(String.init)
        query.certificateNumber = parameters["certificate"].map(String.init)
        for (name, field) in [("from", \MessageQuery.from), ("to", \MessageQuery.to)] {
            guard let text = parameters[Substring(name)] else { continue }
            guard let moment = XMLDateTime(String(text)) else { return unreadable("\(name) is a time such as 2026-11-22T10:05:00Z") }
            query[keyPath: field] = moment.text
        }
        return .success(query)
    }
}

extension HTTPField.Name {
    static let prefer = HTTPField.Name("Prefer")!
}
