import Datasets
import Exchanges
import Foundation
import SOAP
import Stores
import Trust
import WSSecurity
import XML
import XMLSignature

/// Prints, for each size and kind of key, CPU microseconds for a message and the ratio to the floor, both medians over
/// rounds in which gateway and floor take turns.
@main
enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let sizes = arguments.dropFirst(4).compactMap { Int($0) }
        guard arguments.count >= 4, let rounds = Int(arguments[3]), sizes.count == arguments.count - 4 else {
            print("usage: Benchmark FLOOR EXAMPLE.json ROUNDS [BYTES ...]")
            exit(2)
        }
        if arguments[1] == "log" { return try await measureLog(arguments[2], records: sizes.first ?? 100_000) }
        if arguments[1] == "stores" { return try await measureStores(arguments[2], rounds: rounds, sizes: sizes) }
        if arguments[1] == "attacks" { return try await measureAttacks(arguments[2], sizes: sizes) }
        let example = Array(try Data(contentsOf: URL(fileURLWithPath: arguments[2])))
        let folder = NSTemporaryDirectory() + "coconect-benchmark-" + LocalID.make()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }

        // Before the first await: openssl needs SIGALRM, which threads of Swift's pool block and their children inherit.
        let speeds = [("RSA-2048", try OpenSSLSpeed("rsa2048")), ("P-256", try OpenSSLSpeed("ecdsap256"))]
        for (algorithm, bare) in speeds {
            print("\(algorithm): openssl speed, µs: sign \(format(bare.sign)), verify \(format(bare.verify))")
            print("  Body      work                      gateway µs   floor µs   ratio (median of \(rounds) rounds)")
            for size in sizes.isEmpty ? [3_000, 30_000, 300_000] : sizes {
                let sample = try Sample(size: size, algorithm: algorithm, example: example, folder: folder)
                try await measureSample(sample, floor: Floor(program: arguments[1]), rounds: rounds, folder: folder)
            }
        }
    }

    /// `Benchmark attacks EXAMPLE.json 1 [BYTES ...]`
    private static func measureAttacks(_ example: String, sizes: [Int]) async throws {
        let folder = NSTemporaryDirectory() + "coconect-benchmark-" + LocalID.make()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for size in sizes.isEmpty ? [10_000, 100_000, 1_000_000] : sizes {
            try await AttackCosts(size: size, example: Array(Data(contentsOf: URL(fileURLWithPath: example))), folder: folder).print()
        }
    }

    /// `Benchmark stores EXAMPLE.json ROUNDS [BYTES ...]`
    private static func measureStores(_ example: String, rounds: Int, sizes: [Int]) async throws {
        let folder = NSTemporaryDirectory() + "coconect-benchmark-" + LocalID.make()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for size in sizes.isEmpty ? [3_000] : sizes {
            for algorithm in ["RSA-2048", "P-256"] {
                let example = Array(try Data(contentsOf: URL(fileURLWithPath: example)))
                let sample = try Sample(size: size, algorithm: algorithm, example: example, folder: folder)
                Swift.print("\(algorithm)                                    this µs   other µs   ratio (median of \(rounds) rounds)")
                var rows = Rows()
                for _ in 0..<rounds {
                    rows.add(try await ExchangeCosts(sample, count: max(60, 900_000 / max(size, 3_000)), folder: folder))
                }
                rows.print(size: size)
            }
        }
    }

    /// `Benchmark log EXAMPLE.json 1 [RECORDS]`
    private static func measureLog(_ example: String, records: Int) async throws {
        let folder = NSTemporaryDirectory() + "coconect-benchmark-" + LocalID.make()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await LogCosts(records: records, example: Array(Data(contentsOf: URL(fileURLWithPath: example))), folder: folder).print()
    }

    private static func measureSample(_ sample: Sample, floor: Floor, rounds: Int, folder: String) async throws {
        let dataset = try sample.dataset()
        let content = dataset.xml
        let request = try await sample.request(dataset)
        let receipt = await sample.gateway.receive(sample.inbound(request)).bytes
        let files = (
            request: folder + "/request.xml", template: folder + "/template.xml", receipt: folder + "/receipt.xml",
            content: folder + "/content.xml"
        )
        try Data(request).write(to: URL(fileURLWithPath: files.request))
        try Data(Sample.template(request)).write(to: URL(fileURLWithPath: files.template))
        try Data(Sample.template(receipt)).write(to: URL(fileURLWithPath: files.receipt))
        try Data(content).write(to: URL(fileURLWithPath: files.content))
        let count = max(20, 900_000 / max(sample.size, 3_000))
        let answer = receiptContent(receipt)
        let verifier = EnvelopeVerifier(trust: sample.gateway.partners.trust)
        var rows = Rows()
        for _ in 0..<rounds {
            let verify = try measure(count) { _ in
                _ = try verifier.verify(Envelope(reading: XMLDocument(parsing: request)), at: .now)
            }
            let sign = try await measure(count) { _ in
                _ = try await sample.partner.identity.sign(
                    OutgoingEnvelope(version: .v12, content: content, form: .canonical), created: .now)
            }
            let signReceipt = try await measure(count) { _ in
                _ = try await sample.own.identity.sign(
                    OutgoingEnvelope(version: .v12, content: answer, form: .canonical), created: .now)
            }
            let parse = try measure(count) { _ in _ = try XMLDocument(parsing: content) }
            let tree = try XMLDocument(parsing: content)
            let fromTree = try measure(count) { _ in _ = try Dataset(reading: tree.root, as: dataset.message).json() }
            let toJSON = try measure(count) { _ in
                _ = try Dataset(reading: XMLDocument(parsing: content).root, as: dataset.message).json()
            }
            let json = dataset.json()
            let toXML = try measure(count) { _ in _ = try Dataset(json: json, as: dataset.message).xml }
            let exchange = try await ExchangeCosts(sample, count: count, folder: folder)
            let floorVerify = try floor.verify(files.request, certificate: sample.partner.certificateFile, count: count)
            let floorSign = try floor.sign(files.template, key: sample.partner.keyFile, count: count)
            let floorReceipt = try floor.sign(files.receipt, key: sample.own.keyFile, count: count)
            let floorParse = try floor.parse(files.content, count: count)
            rows.add("verify", verify, floorVerify)
            rows.add("sign", sign, floorSign)
            rows.add("verify + sign receipt", verify + signReceipt, floorVerify + floorReceipt)
            rows.add("parse XML", parse, floorParse)
            rows.add("XML tree to JSON", fromTree, floorParse)
            rows.add("XML bytes to JSON", toJSON, floorParse)
            rows.add("JSON to XML bytes", toXML, floorParse)
            rows.add("whole inbound exchange", exchange.alone, floorVerify + floorReceipt)
            rows.add("the same, 8 in flight", exchange.crowd, floorVerify + floorReceipt)
            rows.add(exchange)
        }
        rows.print(size: content.count)
    }

    /// The Body's child of our own answer, cut out as text: what is to be signed again.
    private static func receiptContent(_ answer: [UInt8]) -> [UInt8] {
        let text = String(decoding: answer, as: UTF8.self)
        guard let start = text.range(of: "<SendCOResponse"), let end = text.range(of: "</SendCOResponse>") else { return [] }
        return Array(text[start.lowerBound..<end.upperBound].utf8)
    }
}

/// Measurements by name, in the order of their first round.
struct Rows {
    private var names: [String] = []
    private var values: [String: [(gateway: Double, floor: Double?)]] = [:]

    mutating func add(_ name: String, _ gateway: Double, _ floor: Double?) {
        if values[name] == nil { names.append(name) }
        values[name, default: []].append((gateway, floor))
    }

    mutating func add(_ exchange: ExchangeCosts) {
        add("SQLite, to memory store", exchange.alone, exchange.aloneInMemory)
        add("bare disk, to memory", exchange.aloneOnBareDisk, exchange.aloneInMemory)
        add("SQLite, to bare disk", exchange.alone, exchange.aloneOnBareDisk)
        add("8 in flight, to memory", exchange.crowd, exchange.crowdInMemory)
    }

    func print(size: Int) {
        for name in names {
            let rounds = values[name] ?? []
            let floors = rounds.compactMap(\.floor)
            let ratios = rounds.compactMap { round in round.floor.map { round.gateway / $0 } }
            let columns = [
                pad("\(size) B", 9), pad(name, 25), padLeft(format(median(rounds.map(\.gateway))), 10),
                padLeft(floors.isEmpty ? "" : format(median(floors)), 10),
                padLeft(
                    ratios.isEmpty ? "" : String(format: "%.2f  (%.2f to %.2f)", median(ratios), ratios.min() ?? 0, ratios.max() ?? 0), 24),
            ]
            Swift.print("  " + columns.joined(separator: " "))
        }
    }

    private func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
    private func padLeft(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}

func format(_ microseconds: Double) -> String { String(format: microseconds < 100 ? "%.1f" : "%.0f", microseconds) }
