internal import ArgumentParser
internal import Foundation
internal import Stores
internal import Synchronization

struct UpgradeStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Bring the tables of a store that an earlier version made to this version's.",
        discussion: """
            The gateway does it too when it starts. It is one transaction: done, or as before; on a large store it takes minutes, in
            which running gateways refuse messages, so stop them, and partners send again. There is no way back but a backup: make it
            first, with store backup of the earlier version.

            EXAMPLE
              coconect-soap store upgrade --config /etc/coconect/gateway.yaml
            """)

    @OptionGroup var options: StoreOptions

    func run() async throws {
        let settings = try loadConfiguration(options.config).store
        try settings.checkThatItIsThere()
        let began = ContinuousClock.now
        let gap = Mutex<SchemaGap?>(nil)
        let store = try settings.open(
            isPatient: true,
            upgrade: .done { found in
                gap.withLock { $0 = found }
                let line = "from step \(found.found) of the tables to step \(found.known), with about \(found.messages) messages …\n"
                FileHandle.standardError.write(Data(line.utf8))
            })
        await store.close()
        guard let gap = gap.withLock({ $0 }) else { return output("\(settings.place): the tables are this version's already") }
        let seconds = (ContinuousClock.now - began).formatted(.units(allowed: [.minutes, .seconds], fractionalPart: .show(length: 1)))
        output("\(settings.place): upgraded to step \(gap.known) in \(seconds)")
    }
}
