internal import ArgumentParser
internal import Exchanges
internal import Stores
internal import XML

struct BackUpStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write all that the store holds, as it is at one moment, to a file.",
        discussion: """
            The file is whole and on the disk when the command ends with 0; until then its name ends with .part.

            EXAMPLE
              coconect-soap store backup /backup/$(date +%F).jsonl.gz --config /etc/coconect/gateway.yaml
            """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "The file to write; it must not be there yet.") var file: String

    func run() async throws {
        let store = try options.gateway(isPatient: true).store
        let counts = try await tellingOfArchive(file) {
            try await store.backUp(to: file, at: XMLDateTime.now.text) { Progress.show($0, of: $1) }
        }
        output("\(file): \(counts.line)")
    }
}
