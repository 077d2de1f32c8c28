import Evidence
import Exchanges
import Foundation
import Glibc
import Stores
import XMLSignature

/// What the sealed log costs: sealing against the exchanges that it seals, and verifying a long log against hashing its bytes.
struct LogCosts {
    private let sample: Sample
    private let records: Int
    private let store: any MessageStore
    private let gateway: Gateway

    /// Records that a message leaves: accepted, its fact, delivered.
    private static let each = 3
    private static let batch = 200

    init(records: Int, example: [UInt8], folder: String) throws {
        self.records = records
        sample = try Sample(size: 3_000, algorithm: "P-256", example: example, folder: folder)
        store = try SQLiteStore(path: folder + "/log.sqlite")
        gateway = sample.gateway(settings: sample.gateway.settings, store: store)
    }

    func print() async throws {
        try await sealing()
        try await verifying()
    }

    /// Sealing against the exchanges, in CPU of one process.
    private func sealing() async throws {
        let count = 2000
        var requests: [InboundRequest] = []
        for _ in 0..<count { requests.append(sample.inbound(try await sample.request(sample.dataset()))) }
        let exchange = try await measure(count) { index in
            guard case .accepted = await gateway.receive(requests[index]).outcome else { throw BenchmarkError("not accepted") }
        }
        let sealer = Sealer(gateway, authority: nil)
        let start = cpuMicroseconds()
        _ = try await sealer.seal()
        let sealing = (cpuMicroseconds() - start) / Double(count)
        Swift.print(
            "sealing: \(format(sealing)) µs a message, \(format(exchange)) µs the exchange itself (P-256): \(percent(sealing / exchange))")
    }

    private func verifying() async throws {
        let dataset = try sample.dataset()
        let request = try await sample.request(dataset)
        let first = await gateway.receive(sample.inbound(request))
        let contents: [ContentKind: [UInt8]] = [
            .request: request, .response: first.bytes, .dataset: dataset.json(), .verification: [UInt8](repeating: 0x20, count: 1500),
        ]
        let messages = records / LogCosts.each
        for start in stride(from: 0, to: messages, by: LogCosts.batch) {
            try await store.write { transaction in
                for number in start..<min(start + LogCosts.batch, messages) {
                    try LogCosts.write(number, contents, transaction)
                }
            }
            if start.isMultiple(of: 50_000) { Swift.print("  \(start) of \(messages) messages written") }
        }
        let sealer = Sealer(gateway, authority: nil)
        _ = try await sealer.seal()
        let bytes = contents.values.reduce(0) { $0 + $1.count }
        let verifier = LogVerifier(
            store, of: gateway.administration, trust: SealTrust(signers: [sample.own.identity.certificate], anchors: []))
        struct Round { let time, cpu, floor: Double }
        var rounds: [Round] = []
        var (verified, before) = (0, LogCosts.memory)
        for round in 0..<LogCosts.rounds {
            let floor = LogCosts.seconds(since: .now) {
                for _ in 0..<messages { for content in contents.values { _ = Digest(of: content) } }
            }
            if round == 0 { before = LogCosts.memory }
            let (wall, start) = (ContinuousClock.now, cpuMicroseconds())
            let verdict = try await verifier.verify { _, _ in }
            guard verdict.isIntact else { throw BenchmarkError("not intact: \(verdict.defects.prefix(3))") }
            rounds.append(Round(time: (ContinuousClock.now - wall) / .seconds(1), cpu: (cpuMicroseconds() - start) / 1e6, floor: floor))
            verified = verdict.records
        }
        func ratio(_ value: (Round) -> Double) -> String {
            let ratios = rounds.map(value)
            return String(format: "%.2f (%.2f to %.2f)", median(ratios), ratios.min() ?? 0, ratios.max() ?? 0)
        }
        Swift.print(
            """
            verifying: \(verified) records, \(bytes * messages / 1_000_000) MB in \(String(format: "%.1f", median(rounds.map(\.time)))) s; to \
            hash the bytes alone on one core takes \(String(format: "%.1f", median(rounds.map(\.floor)))) s: ratio, median of \
            \(LogCosts.rounds) rounds, \(ratio { $0.time / $0.floor }) of time, \(ratio { $0.cpu / $0.floor }) of CPU; \
            memory grew by \((LogCosts.memory - before) / 1024) MiB
            """)
    }

    private static let rounds = 5

    private static func seconds(since start: ContinuousClock.Instant, _ body: () -> Void) -> Double {
        body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func write(_ number: Int, _ contents: [ContentKind: [UInt8]], _ transaction: any StoreTransaction) throws {
        let id = LocalID.make()
        let message = NewMessage(
            id: id, direction: .inbound, partner: "partner", operation: "send-co", messageID: id, contentDigest: id, certificateNumber: id,
            state: .accepted, correlationID: id, receivedAt: "2026-11-22T10:00:00.000Z", signer: String(repeating: "a", count: 64),
            bodyDigest: "b", contents: contents)
        guard case .added(let sequence) = try transaction.insert(message) else { throw BenchmarkError("not added") }
        var certificate = CertificateRecord(of: CertificateKey(partner: "partner", side: .inbound, number: id), at: message.receivedAt)
        (certificate.state, certificate.version, certificate.treatment) = ("issued", "1", "NONE")
        guard let position = try transaction.insert(certificate) else { throw BenchmarkError("the certificate \(id) is known") }
        try transaction.addFact(#"{"edition":{"version":"1"},"kind":"issued","message":"\#(id)"}"#, of: position, by: sequence)
        try transaction.update(sequence, MessageChange(.delivered, attempts: .oneMore), at: "2026-11-22T10:00:01.000Z")
    }

    /// The most that this process had, in KiB.
    private static var memory: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }

    private func percent(_ ratio: Double) -> String { String(format: "%.1f %%", ratio * 100) }
}
