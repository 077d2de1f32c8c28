internal import ArgumentParser
internal import Evidence
internal import Exchanges
internal import Stores

struct SealLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Seal and sign now what is new, as the gateway does in intervals.",
        discussion: """
            EXAMPLE
              coconect-soap log seal --config /etc/coconect/gateway.yaml
            """)

    @OptionGroup var options: StoreOptions

    func run() async throws {
        let gateway = try options.gateway()
        let hasAuthority = try loadConfiguration(options.config).seal.authority != nil
        let sealer = Sealer(gateway, authority: nil, isToBeStamped: hasAuthority)
        let seals = try await sealer.seal()
        for seal in seals { output("seal \(seal.number): \(seal.records) records, head \(seal.head)") }
        if seals.isEmpty { output("nothing is new") }
    }
}
