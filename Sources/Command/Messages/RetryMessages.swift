internal import ArgumentParser
internal import Exchanges
internal import Stores

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
        var failed = false
        for (index, message) in messages.enumerated() {
            guard message.state == .parked else {
                CommandError("the message is \(message.state.rawValue), not parked", place: message.id).print()
                failed = true
                continue
            }
            output(try await gateway.retry(message, because: "by hand", by: operatorName).line)
            Progress.show(index + 1, of: messages.count)
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
