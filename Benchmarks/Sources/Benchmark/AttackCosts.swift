import Attacks
import Exchanges
import Foundation
import SOAP
import Stores
import Trust
import XML

/// What the dearest messages cost, as CPU against the parse of a harmless message of the same size: strangers' floods, attacks that
/// are stretched, and floods that a partner signed. TLS and the signature of the fault are not counted.
struct AttackCosts {
    private let sample: Sample
    private let quiet: Gateway
    private let size: Int

    init(size: Int, example: [UInt8], folder: String) throws {
        self.size = size
        sample = try Sample(size: size, algorithm: "RSA-2048", example: example, folder: folder)
        quiet = sample.gateway(
            settings: GatewaySettings(publicURL: "https://own.invalid", signedFaultsPerSecond: 0, notedRefusalsPerSecond: 0),
            store: try SQLiteStore())
    }

    func print() async throws {
        let harmless = try sample.dataset().xml
        let count = max(3, 3_000_000 / size)
        let parse = try measure(count * 2) { _ in _ = try XMLDocument(parsing: harmless) }
        let perByte = parse / Double(harmless.count)
        Swift.print("\(size) bytes: parse of a harmless message \(format(perByte * 1_000)) µs a kB")
        Swift.print("  from       what                                         ms       µs a kB   of the parse  refused by")
        var rows: [(from: String, what: String, bytes: Int, cost: Double, code: String)] = []
        for flood in Flood.allCases {
            let bytes = flood.document(version: .v12, bytes: size)
            let (cost, code) = await cost(of: bytes, count)
            rows.append(("stranger", flood.rawValue, bytes.count, cost, code))
        }
        for (identity, from) in [
            (try Party("stranger", algorithm: "RSA-2048", folder: NSTemporaryDirectory()).identity, "stranger"),
            (sample.partner.identity, "partner"),
        ] {
            for flood in SignedFlood.allCases {
                let bytes = try await flood.document(bytes: size, identity: identity, created: .now)
                let (cost, code) = await cost(of: bytes, count)
                rows.append((from, "signed: " + flood.rawValue, bytes.count, cost, code))
            }
        }
        for row in rows.sorted(by: { $0.cost / Double($0.bytes) > $1.cost / Double($1.bytes) }) {
            let ratio = row.cost / (perByte * Double(row.bytes))
            let columns = [
                column(row.from, 10), column(row.what, 44), column(format(row.cost / 1_000), 8),
                column(format(row.cost / Double(row.bytes) * 1_000), 9),
                column(format(ratio), 13), row.code,
            ]
            Swift.print("  " + columns.joined(separator: " "))
        }
    }

    private func cost(of bytes: [UInt8], _ count: Int) async -> (Double, String) {
        var code = ""
        let inbound = sample.inbound(bytes)
        let cost = await measure(count) { _ in
            if case .refused(let refused) = await quiet.receive(inbound).outcome { code = refused } else { code = "accepted" }
        }
        return (cost, code)
    }

    private func format(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : "%.1f", value) }
    private func column(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
}
