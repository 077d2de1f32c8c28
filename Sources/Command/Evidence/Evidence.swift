internal import ArgumentParser

struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Files that prove what was exchanged, without this gateway.",
        discussion: """
            EXAMPLE
              coconect-soap evidence export 01a20766936a1a7d58b430a8c7d3105d --out message.asice --config gateway.yaml
              coconect-soap evidence verify message.asice --trust partners/certificates
            """, subcommands: [ExportEvidence.self, VerifyEvidence.self])
}
