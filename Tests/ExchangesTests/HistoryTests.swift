import Datasets
import Foundation
import Stores
import Support
import Synchronization
import Testing
import XML

@testable import Exchanges

/// Two gateways over a network that loses, doubles and delays; in the end both see the same of every certificate.
struct HistoryTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6]) func `both sides agree after loss, repetition and delay`(_ seed: UInt64) async throws {
        let world = try ExchangeWorld(
            receiverRoles: [.inboundGateway], senderRoles: [.outboundGateway], tries: 1000)
        let weather = Weather(seed: seed)
        let out = weather.network(to: world.receiver)
        let back = weather.network(to: world.sender)
        let workers = [
            Task { try await SendingWorker(world.sender, transport: out).run() },
            Task { try await SendingWorker(world.receiver, transport: back).run() },
            Task { try await DeliveryWorker(world.receiver, inside: Inside()).run() },
            Task { try await DeliveryWorker(world.sender, inside: Inside()).run() },
        ]
        defer { for worker in workers { worker.cancel() } }
        var generator = SeededGenerator(seed: seed)
        let numbers = ["CO-1", "CO-2"]
        var notified: [String] = []
        for number in numbers { _ = try await submit(.sendCO, ["id": number, "versionId": "1"], world) }
        for step in 0..<10 {
            let number = numbers.randomElement(using: &generator)!
            let moment = world.clock.now.text
            switch Int.random(in: 0..<5, using: &generator) {
            case 0:
                let version = "\(Int.random(in: 1..<6, using: &generator))"
                try await submit(.sendAmendmentNotification, Amendment.correction(number, version, at: moment), world)
            case 1:
                notified.append(try await submit(.sendAmendmentNotification, Amendment.cancelation(number, at: moment), world))
            case 2:
                let other = "CO-\(10 + step)"
                notified.append(try await submit(.sendAmendmentNotification, Amendment.replacement(number, by: other, at: moment), world))
            case 3:
                var cancelation: [String: Any] = ["statusCode": "NOT_CANCELED", "dateTime": moment, "reasonCode": "USED"]
                if let last = notified.last { cancelation["respondsTo"] = last }
                if step > 6 { (cancelation["statusCode"], cancelation["reasonCode"]) = ("CANCELED", nil) }
                try await answer(.sendCancelationStatus, ["id": number, "cancelation": cancelation], world)
            default:
                let item = ["treatment": ["GRANTED", "PENDING"].randomElement(using: &generator)!]
                try await answer(.sendFeedback, ["id": number, "feedback": ["scope": "ALL", "dateTime": moment, "items": [item]]], world)
            }
            try await Task.sleep(for: .milliseconds(20))
            world.clock.advance(seconds: 20)
        }
        weather.clear()
        for _ in 0..<2000 where try await isBusy(world) {
            try await Task.sleep(for: .milliseconds(10))
            world.clock.advance(seconds: 30)
        }
        #expect(try await !isBusy(world))
        #expect(weather.lost > 0)
        for number in numbers {
            let mine = try #require(try await record(world.sender, "vietnam", .outbound, number))
            let theirs = try #require(try await record(world.receiver, "korea", .inbound, number))
            #expect(mine.state == theirs.state && mine.version == theirs.version && mine.treatment == theirs.treatment, "\(mine) \(theirs)")
            #expect(mine.state != "none")
        }
        // Each message is recorded once on the other side.
        for (one, other) in [(world.sender, world.receiver), (world.receiver, world.sender)] {
            let sent = try await one.store.read { try $0.messages(MessageQuery(limit: 500)) }.filter { $0.direction == .outbound }
            let received = try await other.store.read { try $0.messages(MessageQuery(limit: 500)) }
                .filter { $0.direction == .inbound && $0.state != .refused }
            #expect(sent.filter { $0.state == .acknowledged }.map(\.messageID).sorted() == received.map(\.messageID).sorted())
            #expect(received.allSatisfy { $0.state == .delivered })
        }
    }

    @discardableResult
    private func submit(_ operation: Exchanges.Operation, _ changes: [String: Any], _ world: ExchangeWorld) async throws -> String {
        let json = try ExchangeWorld.sample(operation, changing: changes)
        guard case .queued(let message) = try await world.sender.submit(json: json, operation: operation, partner: "vietnam") else {
            throw NotQueued(operation: operation)
        }
        return message.messageID
    }

    /// What the importing side says, as soon as the certificate has come.
    private func answer(_ operation: Exchanges.Operation, _ changes: [String: Any], _ world: ExchangeWorld) async throws {
        let parties: [String: Any] = [
            "sender": ["country": "VN", "agency": ExchangeWorld.vietnam.agency],
            "receiver": ["country": "KR", "agency": ExchangeWorld.korea.agency],
        ]
        let json = try ExchangeWorld.sample(operation, changing: changes.merging(parties) { _, new in new })
        for _ in 0..<500 {
            switch try await world.receiver.submit(json: json, operation: operation, partner: "korea") {
            case .refused(.certificateUnknown):
                try await Task.sleep(for: .milliseconds(10))
                world.clock.advance(seconds: 20)
            // Preference was given: the importing side must not cancel.
            case .refused(.preferenceGiven), .queued, .known: return
            case .refused(let error): throw error
            }
        }
        throw NotQueued(operation: operation)
    }

    private func isBusy(_ world: ExchangeWorld) async throws -> Bool {
        for gateway in [world.sender, world.receiver] where try await !gateway.store.read({ try $0.workDepth() }).isEmpty { return true }
        return false
    }

    private func record(_ gateway: Gateway, _ partner: String, _ side: Direction, _ number: String) async throws -> CertificateRecord? {
        try await gateway.store.read { try $0.certificate(CertificateKey(partner: partner, side: side, number: number)) }
    }
}

private struct NotQueued: Error {
    let operation: Exchanges.Operation
}

private struct Inside: InsideGateway {
    func deliver(_ message: StoredMessage, dataset: [UInt8]) async throws -> DeliveryAnswer { DeliveryAnswer(status: 200, text: "") }
}

/// A network that loses requests and answers, and delivers some twice, until it clears up.
private final class Weather: Sendable {
    private struct State {
        var generator: SeededGenerator
        var isClear = false
        var lost = 0
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(generator: SeededGenerator(seed: seed &* 77)))
    }

    var lost: Int { state.withLock { $0.lost } }
    func clear() { state.withLock { $0.isClear = true } }

    private enum Fate { case losesRequest, losesAnswer, doubles, passes }

    private func fate() -> Fate {
        state.withLock { state in
            guard !state.isClear else { return .passes }
            let number = Int.random(in: 0..<10, using: &state.generator)
            if number < 5 { state.lost += 1 }
            return number < 2 ? .losesRequest : number < 5 ? .losesAnswer : number < 7 ? .doubles : .passes
        }
    }

    func network(to gateway: Gateway) -> ClosureTransport {
        ClosureTransport { [self] request in
            let fate = fate()
            if fate == .losesRequest { throw NetworkDown() }
            func carry() async -> InboundAnswer {
                await gateway.receive(request.inbound)
            }
            var answer = await carry()
            if fate == .doubles { answer = await carry() }
            if fate == .losesAnswer { throw NetworkDown() }
            return OutboundResponse(status: answer.status, bytes: answer.bytes)
        }
    }
}
