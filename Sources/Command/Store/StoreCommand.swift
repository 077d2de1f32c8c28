internal import ArgumentParser

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Back up, restore and upgrade what the gateway keeps, and move old messages to archives.",
        discussion: """
            An archive is one file, JSON lines compressed by gzip, the same for SQLite and PostgreSQL: what was backed up from
            the one can be restored into the other. Gateways may run meanwhile, but for restore and upgrade.

            EXAMPLES
              coconect-soap store backup backup-2026-11-23.jsonl.gz
              coconect-soap store restore backup-2026-11-23.jsonl.gz --config new/gateway.yaml
              coconect-soap store retire --before 2021-01 --archives archives/
              coconect-soap store upgrade
            """,
        subcommands: [BackUpStore.self, RestoreStore.self, RetireMessages.self, UpgradeStore.self])
}
