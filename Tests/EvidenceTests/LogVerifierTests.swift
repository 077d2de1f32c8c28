import Datasets
import Exchanges
import Logging
import Stores
import Support
import Synchronization
import Testing
import Trust
import XML

@testable import Evidence

/// The log is verified while the gateway is at work: what changes by rule between two looks is no damage.
struct LogVerifierTests {
    private static let administration = Administration(country: "VN", agency: "Customs")

    /// Says something between two reads.
    private struct InterruptedStore: MessageStore {
        let inner: MemoryStore
        let reads = Reads()
        /// Called before the read with this number.
        let number: Int
        let interruption: @Sendable (any StoreTransaction) throws -> Void

        final class Reads: Sendable {
            private let count = Mutex(0)
            func next() -> Int {
                count.withLock { count in
                    count += 1
                    return count
                }
            }
        }

        func write<Value: Sendable>(
            _ place: WritePlace, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
        ) async throws -> Value { try await inner.write(place, body) }

        func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value {
            if reads.next() == number { try await inner.write(interruption) }
            return try await inner.read(body)
        }
    }

    private static func refuse(_ count: Int, _ transaction: any StoreTransaction) throws {
        for number in 0..<count {
            try transaction.noteRefusal(
                RefusalNote(at: "2026-11-22T10:00:00Z", code: "not-soap", correlationID: "\(number)", peer: "127.0.0.1", digest: "x"))
        }
    }

    private func verdict(
        before number: Int, _ interruption: @escaping @Sendable (any StoreTransaction) throws -> Void
    ) async throws -> LogVerdict {
        let store = MemoryStore()
        try await store.write { try Self.refuse(Int(RefusalNote.kept), $0) }
        let own = TestIdentity.own
        let gateway = Gateway(
            administration: Self.administration, identities: SigningIdentities(own), partners: PartnerRegistry([]), catalog: try Catalog(),
            store: store, settings: GatewaySettings(publicURL: "https://own.invalid"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try await Sealer(gateway, authority: nil, clock: { TestIdentity.now }).seal()
        let interrupted = InterruptedStore(inner: store, number: number, interruption: interruption)
        let trust = SealTrust(signers: [own.certificate], anchors: [])
        return try await LogVerifier(interrupted, of: Self.administration, trust: trust, readers: 1).verify { _, _ in }
    }

    /// Reads are: the chain, the rows and what no record speaks of in either order, the counts.
    @Test(arguments: [1, 2, 3, 4]) func `refusals that make room for new ones meanwhile are not missing`(_ number: Int) async throws {
        let verdict = try await verdict(before: number) { try Self.refuse(7, $0) }
        #expect(verdict.isIntact, "\(verdict.defects.prefix(3))")
    }

    @Test func `a move to an archive meanwhile is told, not taken for damage`() async throws {
        await #expect(throws: StoreError.self) {
            _ = try await verdict(before: 2) {
                try $0.note(ChangeNote(at: "t", actor: "tester", action: Retirement.action, detail: "messages 1 to x signed AQ=="))
            }
        }
    }
}
