internal import ArgumentParser
internal import Exchanges
internal import Stores

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
        guard try await gateway.abandon(message, because: because, by: operatorName) else {
            throw CommandError("the message is \(message.state.rawValue), not parked", place: message.id, status: 1)
        }
        output("\(message.id) is given up")
    }
}
