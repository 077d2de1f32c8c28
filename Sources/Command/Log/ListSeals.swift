internal import ArgumentParser
internal import Evidence
internal import Exchanges
internal import Stores
internal import Trust

struct ListSeals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List seals: number, time, records, head, whether they are signed and stamped.",
        discussion: """
            Nothing is verified here: coconect-soap log verify does that.

            EXAMPLES
              coconect-soap log list --last 10
              coconect-soap log list --format json
            """)

    @OptionGroup var options: StoreOptions
    @Option(help: "How many, the newest last.") var last = 20
    @Option(help: "text or json.") var format = ReportFormat.text

    private struct Line: Encodable {
        let number: Int64
        let at: String
        let records: Int
        let head: String
        let isSigned: Bool
        /// As the stamp names it, unverified.
        let stampedAt: String?
    }

    func run() async throws {
        guard last > 0 else { throw CommandError("--last \(last) is no number of seals") }
        let gateway = try options.gateway()
        let count = Int64(last)
        let seals = try await gateway.store.read { try $0.seals(after: $0.sealingState().seals - count, limit: Int(count)) }
        let lines = seals.map { seal in
            Line(
                number: seal.number, at: seal.at, records: seal.records, head: seal.head, isSigned: seal.signature != nil,
                stampedAt: seal.stamp.flatMap(Timestamp.claimedTime)?.text)
        }
        switch format {
        case .json: try output(json: lines)
        case .text:
            for line in lines {
                let stamp = line.stampedAt.map { "stamped \($0)" } ?? "no stamp"
                output(
                    "\(line.number)  \(line.at)  \(line.records) records  \(line.isSigned ? "signed" : "NOT SIGNED")  \(stamp)  \(line.head)"
                )
            }
            if lines.isEmpty { output("nothing is sealed yet") }
        }
    }
}
