internal import ArgumentParser

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "The sealed log: verify it, list its seals, seal what is new.",
        discussion: """
            Every record (request, receipt, refusal, delivery, change by an operator) gets a digest in a Merkle tree; the roots are chained,
            signed by the gateway and, where an authority is configured (seal.timestamps), stamped (RFC 3161).

            EXAMPLES
              coconect-soap log verify --config /etc/coconect/gateway.yaml
              coconect-soap log list --last 10
            """,
        subcommands: [VerifyLog.self, ListSeals.self, SealLog.self])
}
