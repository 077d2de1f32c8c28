internal import ArgumentParser
internal import Exchanges
internal import Stores
internal import XML

struct ListMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List messages, newest first.",
        discussion: """
            EXAMPLES
              coconect-soap messages list --state parked --partner korea
              coconect-soap messages list --co 'K001-26-0004711'
              coconect-soap messages list --from 2026-11-01T00:00:00Z --format json
            """)

    @OptionGroup var options: StoreOptions
    @Option(help: "inbound or outbound.") var direction: String?
    @Option(help: "Name of the partner's file.") var partner: String?
    @Option(help: "Service operation, such as send-co.") var operation: String?
    @Option(help: "Transport state, such as parked.") var state: String?
    @Option(help: "FunctionalReferenceID.") var messageID: String?
    @Option(help: "Number of the certificate, as it is typed.") var co: String?
    @Option(help: "Received at this time or later.") var from: String?
    @Option(help: "Received before this time.") var to: String?
    @Option(help: "At the most so many.") var limit = 50
    @Option(help: "text or json.") var format = ReportFormat.text

    func run() async throws {
        var query = MessageQuery(limit: limit)
        guard (1...10_000).contains(limit) else { throw CommandError("--limit \(limit) is not between 1 and 10000") }
        query.direction = try direction.map { try known($0, "--direction", Direction.allCases) }
        query.state = try state.map { try known($0, "--state", TransportState.allCases) }
        query.operation = try operation.map { try known($0, "--operation", Operation.allCases).rawValue }
        query.partner = partner
        query.messageID = messageID
        query.certificateNumber = co
        query.from = try from.map { try moment($0, "--from").text }
        query.to = try to.map { try moment($0, "--to").text }
        let asked = query
        let messages = try await options.gateway().store.read { try $0.messages(asked) }
        switch format {
        case .json: try output(json: messages)
        case .text:
            for message in messages { output(message.line) }
            output(
                "\(messages.count) \(messages.count == 1 ? "message" : "messages")"
                    + (messages.count == limit ? "; more may follow, see --limit" : ""))
        }
        if messages.isEmpty { throw ExitCode(1) }
    }

    private func known<Value: RawRepresentable<String>>(_ text: String, _ option: String, _ all: [Value]) throws -> Value {
        guard let value = all.first(where: { $0.rawValue == text }) else {
            throw CommandError("\(option) \(text) is none of \(all.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

}

extension StoredMessage {
    /// One line for a person.
    var line: String {
        [
            id, receivedAt, direction.rawValue, partner, operation, state.rawValue, certificateNumber ?? "-", messageID,
            attempts > 0 ? "tries \(attempts)" : "", detail ?? "",
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }
}

/// A moment as an option gives it.
func moment(_ text: String, _ option: String) throws -> XMLDateTime {
    guard let moment = XMLDateTime(text) else { throw CommandError("\(option) \(text) is no time such as 2026-11-22T10:05:00Z") }
    return moment
}
