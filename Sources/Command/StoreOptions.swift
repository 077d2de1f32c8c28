internal import ArgumentParser
internal import Exchanges
internal import Foundation
internal import Logging
internal import Stores

/// Who runs this command, for the log of changes.
let operatorName: String = {
    let environment = ProcessInfo.processInfo.environment
    return environment["SUDO_USER"].map { "\($0) as \(NSUserName())" } ?? NSUserName()
}()

/// The store that the configuration names.
struct StoreOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "gateway.yaml"

    /// - Throws: `CommandError` where there is no store yet: nothing here makes one.
    func gateway(isPatient: Bool = false) throws -> Gateway {
        let configuration = try loadConfiguration(config)
        try configuration.store.checkThatItIsThere()
        let store = try configuration.store.open(isPatient: isPatient)
        return Gateway(configuration, store: store, pool: InlinePool(), logger: Logger(label: "messages"))
    }

    func message(_ id: String, _ gateway: Gateway) async throws -> StoredMessage {
        guard let message = try await gateway.store.read({ try $0.message(id: id) }) else {
            throw CommandError("no message has the id \(id)", place: config, help: "coconect-soap messages list shows them", status: 1)
        }
        return message
    }
}
