internal import ArgumentParser
internal import Evidence
internal import Exchanges
internal import Foundation
internal import Stores
internal import Trust
internal import XML

struct ExportEvidence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write what is known of messages, each as an ASiC-E container that we sign.",
        discussion: """
            A container holds the exact bytes of request and answer, the dataset, what was found when they were verified, certificates and
            revocation lists, a page for people, and our signature over all of it. It opens with any ZIP tool; summary.html in it says
            how to check it with xmlsec1.

            EXAMPLES
              coconect-soap evidence export 01a20766936a1a7d58b430a8c7d3105d --out message.asice --config gateway.yaml
              coconect-soap evidence export --co K001-26-0004711 --out evidence/ --config gateway.yaml
              coconect-soap evidence export --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --out evidence/ --config gateway.yaml
            """)

    @OptionGroup var options: StoreOptions
    @Argument(help: "The message's local id.") var id: String?
    @Option(help: "Number of a certificate, as it is typed: all messages about it.") var co: String?
    @Option(help: "Received at this time or later.") var from: String?
    @Option(help: "Received before this time.") var to: String?
    @Option(help: "The file; a folder where several messages are asked for.") var out: String
    @Flag(help: "Overwrite files that are there.") var force = false

    /// Messages read at one time.
    private static let page = 200

    func validate() throws {
        guard (id == nil) != (co == nil && from == nil && to == nil) else {
            throw ValidationError("Give either a message's id, or --co, --from, --to for several.")
        }
    }

    func run() async throws {
        let gateway = try options.gateway()
        let authority = try loadConfiguration(options.config).seal.authority
        let anchors = authority?.anchors ?? []
        // What happened a moment ago is to be under a seal too; a gateway that runs has it stamped.
        let sealer = Sealer(gateway, authority: nil, isToBeStamped: authority != nil)
        _ = try await sealer.seal()
        if let id {
            _ = try await options.message(id, gateway)
            return try await export(id, to: out, gateway, anchors)
        }
        var query = MessageQuery(limit: ExportEvidence.page)
        query.certificateNumber = co
        query.from = try from.map { try moment($0, "--from").text }
        query.to = try to.map { try moment($0, "--to").text }
        var count = 0
        while true {
            let asked = query
            let messages = try await gateway.store.read { try $0.messages(asked) }
            for message in messages {
                try await export(message.id, to: "\(out)/\(message.id).asice", gateway, anchors)
                count += 1
            }
            guard messages.count == ExportEvidence.page, let last = messages.last else { break }
            query.before = last.sequence
        }
        output("\(count) \(count == 1 ? "message" : "messages")")
        if count == 0 { throw ExitCode(1) }
    }

    private func export(_ id: String, to path: String, _ gateway: Gateway, _ anchors: [Certificate]) async throws {
        guard force || !FileManager.default.fileExists(atPath: path) else {
            throw CommandError("the file is there already", place: path, help: "choose another name, or give --force")
        }
        guard let record = try await EvidenceRecord(of: id, in: gateway, stampAnchors: anchors) else { return }
        let container = try EvidenceContainer(record, signedBy: gateway.identity, at: .now)
        let archive = try await container.archive()
        try writeFile(archive, to: path, permissions: 0o600)
        output("wrote \(path): \(record.message.operation) \(record.message.certificateNumber ?? record.message.messageID)")
    }
}
