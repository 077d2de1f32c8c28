internal import ArgumentParser
internal import Exchanges
internal import Stores

struct RestoreStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Fill an empty store with what a backup holds: all of it, or nothing.",
        discussion: """
            The store that the configuration names is made; one that holds messages is left alone. The backup is read to its end first.
            No gateway should run on the store meanwhile. What came after the backup is not in it: afterwards compare with each
            partner (coconect-soap messages reconcile).

            EXAMPLES
              coconect-soap store restore /backup/2026-11-23.jsonl.gz --config /etc/coconect/gateway.yaml
              COCONECT_STORE_POSTGRESQL=postgresql:///coconect coconect-soap store restore backup.jsonl.gz
            """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "The backup.") var file: String

    func run() async throws {
        let settings = try loadConfiguration(options.config).store
        let store = try settings.open(isPatient: true)
        let counts = try await tellingOfArchive(file) { try await store.restore(from: file) { Progress.show($0, of: $1) } }
        output("\(settings.place): \(counts.line)")
    }
}
