public import ArgumentParser
internal import AsyncHTTPClient
internal import Datasets
public import Exchanges
internal import Logging
internal import Server
internal import Stores
internal import WSSecurity

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send one message to a partner now and verify its receipt.",
        discussion: """
            One try, without queue and without message log; a running gateway queues and repeats: POST /partners/{partner}/send-co.
            Sending the same file again is safe: the partner answers with the same receipt.

            EXAMPLE
              coconect-soap send certificate.json --partner uruguay --config gateway.yaml
            """)

    @Argument(help: "The JSON dataset, or - for standard input.")
    var file: String

    @Option(help: "Name of the partner's file.")
    var partner: String

    @Option(help: "The operation.")
    var operation = Operation.sendCO

    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "gateway.yaml"

    @Option(help: "Folder to keep request.xml and response.xml in.")
    var out: String?

    @Option(help: "text or json.")
    var format = ReportFormat.text

    func run() async throws {
        let configuration = try loadConfiguration(config)
        let gateway = Gateway(configuration, store: MemoryStore(), pool: InlinePool(), logger: Logger(label: "send"))
        let json = try readFile(file)
        let (partner, dataset) = try prepare(json, gateway)
        let client = HTTPClient.plain(tls: configuration.connections.common)
        let exchange: SentExchange
        do {
            let transport = HTTPPartnerTransport(
                client, maximumBody: configuration.soap.maximumBody, connections: Reloadable(configuration.connections))
            exchange = try await gateway.send(dataset, operation, to: partner, through: transport)
        } catch {
            try await client.shutdown()
            throw CommandError(
                "no answer: \(error)", place: partner.endpoint.address(of: operation),
                help: "coconect-soap check --partner \(partner.name) --live looks closer")
        }
        try await client.shutdown()
        if let out {
            try writeFile(exchange.request, to: out + "/request.xml")
            try writeFile(exchange.response, to: out + "/response.xml")
        }
        let report = SendReport(exchange, address: partner.endpoint.address(of: operation))
        switch format {
        case .json: try output(json: report)
        case .text: output(report.text)
        }
        if report.receipt == nil { throw ExitCode(1) }
    }

    private func prepare(_ json: [UInt8], _ gateway: Gateway) throws -> (Partner, Dataset) {
        do {
            let partner = try gateway.callable(operation, partner: partner)
            return (partner, try gateway.dataset(json, operation, partner))
        } catch {
            guard case .dataset(let problems) = error else { throw CommandError(error.description, place: "--partner") }
            throw CommandError("the dataset has problems:\n" + DatasetError(problems).lines, place: file, status: 1)
        }
    }
}

extension Operation: ExpressibleByArgument {}

/// What came of one try.
struct SendReport: Encodable {
    let address: String
    let verdict: String
    let receipt: Receipt?
    let reason: String?
    let bodyDigest: String
    let answer: VerificationReport

    init(_ exchange: SentExchange, address: String) {
        self.address = address
        bodyDigest = exchange.bodyDigest
        answer = exchange.report
        switch exchange.outcome {
        case .answered(.receipt(let receipt, _)):
            verdict = "accepted"
            self.receipt = receipt
            reason = nil
        case .answered(.fault(let fault, _)):
            verdict = "refused"
            receipt = nil
            reason = "\(fault.code): \(fault.reason)\n           \(fault.detail)"
        case .untrusted(let text):
            verdict = "unanswered"
            receipt = nil
            reason = text
        }
    }

    var text: String {
        var lines = ["\(verdict) by \(address)"]
        if let receipt {
            lines.append("receipt:   message \(receipt.functionalReferenceID), received \(receipt.receivedDateTime)")
            lines.append("           digest \(receipt.digestValue), the same as that of the Body we sent")
        }
        if let reason { lines.append("reason:    \(reason)") }
        return lines.joined(separator: "\n") + "\nthe answer's signature:\n" + answer.text
    }
}
