internal import ArgumentParser
internal import Exchanges
internal import Logging
internal import Stores
internal import XML

struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look up messages, and take up or give up those that were parked.",
        discussion: """
            Works on the store that the configuration names, beside a gateway that runs or without one.

            EXAMPLES
              coconect-soap messages list --state parked
              coconect-soap messages show 01a20766936a1a7d58b430a8c7d3105d
              coconect-soap messages retry 01a20766936a1a7d58b430a8c7d3105d
            """,
        subcommands: [ListMessages.self, ShowMessage.self, RetryMessages.self, AbandonMessage.self])
}

/// The store that the configuration names.
struct StoreOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "gateway.yaml"

    func gateway() throws -> Gateway {
        let configuration = try loadConfiguration(config)
        return Gateway(configuration, store: try configuration.store.open(), pool: InlinePool(), logger: Logger(label: "messages"))
    }

    func message(_ id: String, _ gateway: Gateway) async throws -> StoredMessage {
        guard let message = try await gateway.store.read({ try $0.message(id: id) }) else {
            throw CommandError("no message has the id \(id)", place: config, help: "coconect-soap messages list shows them", status: 1)
        }
        return message
    }
}

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
        query.from = try from.map { try moment($0, "--from") }
        query.to = try to.map { try moment($0, "--to") }
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

    private func moment(_ text: String, _ option: String) throws -> String {
        guard let moment = XMLDateTime(text) else { throw CommandError("\(option) \(text) is no time such as 2026-11-22T10:05:00Z") }
        return moment.text
    }
}

struct ShowMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a message and all that happened to it.",
        discussion: """
            EXAMPLE
              coconect-soap messages show 01a20766936a1a7d58b430a8c7d3105d
            """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "The message's local id.") var id: String
    @Option(help: "text or json.") var format = ReportFormat.text

    private struct Report: Encodable {
        let message: StoredMessage
        let events: [MessageEvent]
    }

    func run() async throws {
        let gateway = try options.gateway()
        let message = try await options.message(id, gateway)
        let events = try await gateway.store.read { try $0.events(of: message.id) }
        switch format {
        case .json: try output(json: Report(message: message, events: events))
        case .text:
            output(message.line)
            for event in events { output("  \(event.at)  \(event.state.rawValue)  \(event.detail ?? "")") }
        }
    }
}

struct RetryMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Send or deliver parked messages again, as if they had never been tried.",
        discussion: """
            A gateway that runs on the store does it within a second; without one it is done at the next start.

            EXAMPLES
              coconect-soap messages retry 01a20766936a1a7d58b430a8c7d3105d
              coconect-soap messages retry --all --partner korea
            """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "Local ids of the messages.") var ids: [String] = []
    @Flag(help: "All that are parked.") var all = false
    @Option(help: "With --all: only this partner's.") var partner: String?

    func run() async throws {
        guard ids.isEmpty == all else { throw CommandError("name the messages, or give --all") }
        let gateway = try options.gateway()
        var messages: [StoredMessage] = []
        for id in ids { messages.append(try await options.message(id, gateway)) }
        if all { messages = try await parked(gateway) }
        guard !messages.isEmpty else { throw CommandError("nothing is parked", place: options.config, status: 1) }
        let progress = Progress(messages.count)
        var failed = false
        for message in messages {
            guard message.state == .parked else {
                CommandError("the message is \(message.state.rawValue), not parked", place: message.id).print()
                failed = true
                continue
            }
            output(try await gateway.retry(message, because: "by hand").line)
            progress.step()
        }
        if failed { throw ExitCode(1) }
    }

    private func parked(_ gateway: Gateway) async throws -> [StoredMessage] {
        var query = MessageQuery(limit: 1000)
        query.state = .parked
        query.partner = partner
        var found: [StoredMessage] = []
        while true {
            let asked = query
            let page = try await gateway.store.read { try $0.messages(asked) }
            found += page
            guard page.count == query.limit else { return found.reversed() }
            query.before = page.last?.sequence
        }
    }
}

struct AbandonMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abandon",
        abstract: "Give up a parked message: it stays in the log, and what waits behind it goes on.",
        discussion: """
            EXAMPLE
              coconect-soap messages abandon 01a20766936a1a7d58b430a8c7d3105d --because 'sent on paper, see file 4711'
            """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "The message's local id.") var id: String
    @Option(help: "Why; kept with the message.") var because: String

    func run() async throws {
        let gateway = try options.gateway()
        let message = try await options.message(id, gateway)
        guard try await gateway.abandon(message, because: because) else {
            throw CommandError("the message is \(message.state.rawValue), not parked", place: message.id, status: 1)
        }
        output("\(message.id) is given up")
    }
}

extension StoredMessage {
    /// One line for a person.
    fileprivate var line: String {
        [
            id, receivedAt, direction.rawValue, partner, operation, state.rawValue, certificateNumber ?? "-", messageID,
            attempts > 0 ? "tries \(attempts)" : "", detail ?? "",
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
