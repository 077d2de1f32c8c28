internal import ArgumentParser
internal import Evidence
internal import Exchanges
internal import Foundation
internal import Stores
internal import Trust

struct VerifyLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare every record in the store with what was sealed of it.",
        discussion: """
            Finds what was changed, removed or put in behind the gateway's back, and names it. It may run beside the gateway. What was
            written since the last seal (seal.interval) is not protected yet. A log that was cut off at its end is a good shorter log:
            note the head down elsewhere (the gateway logs each), and give it with --head.

            EXAMPLES
              coconect-soap log verify --config /etc/coconect/gateway.yaml
              coconect-soap log verify --head 5d1c… --format json

            Exit status: 0 intact, 1 not intact, 2 could not tell.
            """)

    @OptionGroup var options: StoreOptions
    @Option(help: "SHA-256 of a statement that must be in the chain, as an earlier run or the gateway's log names it.") var head: String?
    @Option(help: "PEM files or folders of certificates that the gateway signed with in earlier years, beside those of the configuration.")
    var trust: [String] = []
    @Option(help: "text or json.") var format = ReportFormat.text

    func run() async throws {
        let configuration = try loadConfiguration(options.config)
        let gateway = try options.gateway(isPatient: true)
        let earlier = try trust.flatMap(certificates)
        let seals = SealTrust(
            signers: configuration.identities.pins.map(\.certificate) + earlier, anchors: configuration.seal.authority?.anchors ?? [])
        let verdict: LogVerdict
        do {
            verdict = try await LogVerifier(gateway.store, of: gateway.administration, trust: seals).verify(head: head) {
                Progress.show(Int($0), of: Int($1))
            }
        } catch let error as StoreError { throw CommandError("\(error)", place: options.config) }
        switch format {
        case .json: try output(json: verdict)
        case .text: output(verdict.text)
        }
        if !verdict.isIntact { throw ExitCode(1) }
    }

    private func certificates(_ path: String) throws -> [Certificate] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandError("there is no such file", place: path)
        }
        let files = isFolder.boolValue ? try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { path + "/" + $0 } : [path]
        return try files.filter { $0.hasSuffix(".pem") || $0.hasSuffix(".crt") || !isFolder.boolValue }.flatMap { try loadCertificates($0) }
    }
}

extension LogVerdict {
    fileprivate var text: String {
        var lines = [isIntact ? "intact" : "NOT INTACT: \(defectCount) \(defectCount == 1 ? "record is" : "findings")"]
        if !isIntact, defectCount == 1 { lines = ["NOT INTACT"] }
        lines += defects.map { "  - \($0)" }
        if defectCount > defects.count { lines.append("  - and \(defectCount - defects.count) more") }
        lines.append("seals    \(seals)\(from.map { ", from \($0) to \(to ?? "")" } ?? "")")
        lines.append("records  \(records) sealed, \(unsealed) not yet, \(removedByRule) moved to archives or forgotten by rule")
        if stamped > 0 { lines.append("stamps   \(stamped)") }
        if let head { lines.append("head     \(head)") }
        return (lines + notes.map { "note: \($0)" }).joined(separator: "\n")
    }
}
