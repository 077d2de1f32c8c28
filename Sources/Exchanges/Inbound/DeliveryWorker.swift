public import ServiceLifecycle
public import Stores
internal import XML

/// The JSON gateway inside, as far as deliveries need it.
public protocol InsideGateway: Sendable {
    /// - Throws: where there was no answer.
    func deliver(_ message: StoredMessage, dataset: [UInt8]) async throws -> DeliveryAnswer
}

public struct DeliveryAnswer: Sendable {
    public let status: Int
    public let text: String

    public init(status: Int, text: String) {
        self.status = status
        self.text = text
    }
}

/// Hands accepted messages to the JSON gateway until it answers 2xx; a 4xx parks the message with the gateway's answer.
public struct DeliveryWorker: Service {
    private let gateway: Gateway
    private let inside: any InsideGateway
    private let backoff = Backoff(first: 1, longest: 60)

    public init(_ gateway: Gateway, inside: any InsideGateway) {
        self.gateway = gateway
        self.inside = inside
    }

    public func run() async throws {
        await gateway.work(.inbound) { await outcome(of: $0) }
    }

    private func outcome(of message: StoredMessage) async -> TryOutcome {
        if let seconds = gateway.breaker.admit(DeliveryWorker.target) {
            let due = gateway.clock().adding(seconds: Int64(seconds.rounded(.up))).text
            return TryOutcome(WorkOutcome(.accepted, detail: message.detail, .again(at: due), isTry: false))
        }
        return TryOutcome(await gateway.timed(.deliver) { await attempt(message) })
    }

    private static let target = "inside"

    private func note(isGood: Bool) {
        guard gateway.breaker.note(DeliveryWorker.target, isGood: isGood) else { return }
        gateway.logger.error("the JSON gateway fails again and again; it is tried less often until it answers")
    }

    private func attempt(_ message: StoredMessage) async -> WorkOutcome {
        let dataset: [UInt8]
        do { dataset = try await gateway.store.read { try $0.content(.dataset, of: message.id) } ?? [] } catch {
            gateway.breaker.forget(DeliveryWorker.target)
            return WorkOutcome(
                .accepted, detail: "not delivered: \(error)", .again(at: gateway.clock().adding(seconds: 1).text), isTry: false)
        }
        do {
            let answer = try await inside.deliver(message, dataset: dataset)
            note(isGood: answer.status < 500)
            switch answer.status {
            case 200..<300: return WorkOutcome(.delivered, .done)
            case 408, 429: return again(message, "the JSON gateway answered \(answer.status): \(answer.text)")
            case 400..<500: return WorkOutcome(.parked, detail: "the JSON gateway answered \(answer.status): \(answer.text)", .park)
            default: return again(message, "the JSON gateway answered \(answer.status): \(answer.text)")
            }
        } catch is CancellationError {
            gateway.breaker.forget(DeliveryWorker.target)
            return WorkOutcome(.accepted, .again(at: gateway.clock().text), isTry: false)
        } catch {
            note(isGood: false)
            return again(message, "no answer from the JSON gateway: \(error)")
        }
    }

    private func again(_ message: StoredMessage, _ detail: String) -> WorkOutcome {
        let delay = backoff.delay(after: message.attempts + 1, share: .random(in: 0...1))
        return WorkOutcome(.accepted, detail: detail, .again(at: gateway.clock().adding(seconds: Int64(delay.rounded(.up))).text))
    }
}
