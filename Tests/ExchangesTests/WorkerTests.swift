import Exchanges
import Foundation
import Stores
import Support
import Synchronization
import Testing

struct WorkerTests {
    /// Runs a worker until the message is in a state, at the most some seconds.
    private func run(
        _ worker: @escaping @Sendable () async throws -> Void, _ world: ExchangeWorld, id: String, until states: Set<TransportState>
    ) async throws -> StoredMessage {
        let store = world.sender.store
        let task = Task { try await worker() }
        defer { task.cancel() }
        for _ in 0..<500 {
            if let message = try await store.read({ try $0.message(id: id) }), states.contains(message.state) { return message }
            try await Task.sleep(for: .milliseconds(10))
            world.clock.advance(seconds: 1)
        }
        return try #require(try await store.read { try $0.message(id: id) })
    }

    private func submit(_ world: ExchangeWorld) async throws -> StoredMessage {
        guard case .queued(let message) = try await world.sender.submit(json: ExchangeWorld.json(), operation: .sendCO, partner: "vietnam")
        else {
            throw SubmissionError.messageIDReused("not queued")
        }
        return message
    }

    @Test func `a queued message is sent and acknowledged, its exchange kept`() async throws {
        let world = try ExchangeWorld()
        let message = try await submit(world)
        let worker = SendingWorker(world.sender, transport: world.network())
        let sent = try await run({ try await worker.run() }, world, id: message.id, until: [.acknowledged])
        #expect(sent.state == .acknowledged && sent.attempts == 1)
        for kind in ContentKind.allCases { #expect(try await world.sender.store.read { try $0.content(kind, of: message.id) } != nil) }
    }

    @Test func `a broken connection is tried again with the same message id, then parked`() async throws {
        let world = try ExchangeWorld(tries: 3)
        let message = try await submit(world)
        let calls = Mutex(0)
        let worker = SendingWorker(
            world.sender,
            transport: ClosureTransport { _ in
                calls.withLock { $0 += 1 }
                throw NetworkDown()
            })
        let parked = try await run({ try await worker.run() }, world, id: message.id, until: [.parked])
        #expect(parked.state == .parked && parked.attempts == 3)
        #expect(calls.withLock { $0 } == 3)
        #expect(parked.detail?.contains("given up after 3 tries") == true)
        // Handing it over again resumes it, under the same id.
        let json = try #require(try await world.sender.store.read { try $0.content(.dataset, of: message.id) })
        guard case .queued(let resumed) = try await world.sender.submit(json: json, operation: .sendCO, partner: "vietnam") else {
            return #expect(Bool(false))
        }
        #expect(resumed.id == message.id && resumed.attempts == 0)
        let again = SendingWorker(world.sender, transport: world.network())
        #expect(try await run({ try await again.run() }, world, id: message.id, until: [.acknowledged]).state == .acknowledged)
    }

    @Test func `what the first address does not take goes to the other, then to a person`() async throws {
        let world = try ExchangeWorld(
            tries: 2, alternative: PartnerEndpoint.Channel(baseURL: "https://standby.test", tries: 3), receiverURL: "https://standby.test")
        let message = try await submit(world)
        let called = Mutex<[String]>([])
        let isUp = Mutex(false)
        let network = world.network()
        let worker = SendingWorker(
            world.sender,
            transport: ClosureTransport { request in
                called.withLock { $0.append(request.url) }
                guard isUp.withLock({ $0 }), request.url.hasPrefix("https://standby.test") else { throw NetworkDown() }
                return try await network.post(request)
            })
        let parked = try await run({ try await worker.run() }, world, id: message.id, until: [.parked])
        #expect(parked.attempts == 5 && parked.detail?.contains("https://standby.test") == true)
        let (first, other) = ("https://vietnam.test/send-co", "https://standby.test/send-co")
        #expect(called.withLock { $0 } == [first, first, other, other, other])
        isUp.withLock { $0 = true }
        _ = try await world.sender.retry(parked, because: "test")
        let sent = try await run({ try await worker.run() }, world, id: message.id, until: [.acknowledged, .parked])
        #expect(sent.state == .acknowledged && sent.attempts == 3)
    }

    @Test func `an agreement says how often is tried where the partner's file does not`() async throws {
        let world = try ExchangeWorld(tries: nil)
        let changes = Amendment.cancelation("CO-1", at: world.clock.now.text).merging(["agreementCode": "CHAFTA"]) { $1 }
        let json = try ExchangeWorld.sample(.sendAmendmentNotification, changing: changes)
        guard
            case .queued(let message) = try await world.sender.submit(json: json, operation: .sendAmendmentNotification, partner: "vietnam")
        else {
            return #expect(Bool(false))
        }
        let worker = SendingWorker(world.sender, transport: ClosureTransport { _ in throw NetworkDown() })
        let parked = try await run({ try await worker.run() }, world, id: message.id, until: [.parked])
        #expect(parked.attempts == 5)
    }

    @Test func `what fails on our own side is no try`() async throws {
        let world = try ExchangeWorld(tries: 1)
        let message = try await submit(world)
        let calls = Mutex(0)
        let network = world.network()
        let worker = SendingWorker(
            world.sender,
            transport: ClosureTransport { request in
                let call = calls.withLock { calls in
                    calls += 1
                    return calls
                }
                if call < 3 { throw CancellationError() }
                return try await network.post(request)
            })
        let sent = try await run({ try await worker.run() }, world, id: message.id, until: [.acknowledged, .parked])
        #expect(sent.state == .acknowledged && sent.attempts == 1)
    }

    /// Its transaction was tried again after the answer to its commit was lost, and meanwhile another had done the work.
    @Test func `work that is there although all is done is ended, not done again`() async throws {
        let world = try ExchangeWorld()
        guard case .accepted(let id) = await world.receiver.receive(try await world.request(world.dataset())).outcome else {
            return #expect(Bool(false))
        }
        try await world.receiver.store.write { transaction in
            let message = try #require(try transaction.message(id: id))
            try transaction.update(message.sequence, MessageChange(.delivered), at: "2026-11-23T10:00:00.000Z")
        }
        let inside = CountingInside()
        let worker = Task { try await DeliveryWorker(world.receiver, inside: inside).run() }
        defer { worker.cancel() }
        for _ in 0..<500 where try await !world.receiver.store.read({ try $0.workDepth() }).isEmpty {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await world.receiver.store.read { try $0.workDepth() }.isEmpty)
        #expect(inside.count == 0)
    }

    @Test func `a partner's refusal ends the tries`() async throws {
        let world = try ExchangeWorld(receiverRoles: [.outboundGateway])
        let message = try await submit(world)
        let worker = SendingWorker(world.sender, transport: world.network())
        let rejected = try await run({ try await worker.run() }, world, id: message.id, until: [.rejected, .parked])
        #expect(rejected.state == .rejected && rejected.attempts == 1)
        #expect(rejected.detail?.contains("operation-not-provided") == true)
    }
}

struct NetworkDown: Error {}

private final class CountingInside: InsideGateway {
    private let calls = Mutex(0)
    var count: Int { calls.withLock { $0 } }

    func deliver(_ message: StoredMessage, dataset: [UInt8]) async throws -> DeliveryAnswer {
        calls.withLock { $0 += 1 }
        return DeliveryAnswer(status: 200, text: "")
    }
}
