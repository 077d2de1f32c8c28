internal import ArgumentParser
internal import Exchanges
internal import Stores

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
