internal import Logging
internal import ServiceLifecycle
internal import Stores
internal import XML

extension Gateway {
    private static let leaseSeconds: Int64 = 60
    private static let batch = 16

    /// Takes due work again and again, a batch at a time side by side; at shutdown what is under way is finished.
    func work(_ direction: Direction, _ attempt: @escaping @Sendable (StoredMessage) async -> WorkOutcome) async {
        await withGracefulShutdownHandler {
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                let taken = await take(direction)
                await withTaskGroup(of: Void.self) { group in
                    for message in taken { group.addTask { await finish(message, await attempt(message)) } }
                }
                if taken.isEmpty { await bell.wait(direction, atMost: .seconds(1)) }
            }
        } onGracefulShutdown: {
            bell.ring(direction)
        }
    }

    /// Records what came of a try, also where the try was cancelled by a shutdown: in a task of its own.
    private func finish(_ message: StoredMessage, _ outcome: WorkOutcome) async {
        let (store, now) = (store, clock().text)
        do {
            try await Task { try await store.finish(message.id, outcome, at: now) }.value
        } catch {
            logger.error("outcome could not be stored", metadata: ["id": "\(message.id)", "error": "\(error)"])
        }
        let isDone = [.acknowledged, .delivered].contains(outcome.state)
        logger.log(
            level: isDone ? .info : .warning, message.direction == .outbound ? "sending tried" : "delivery tried",
            metadata: [
                "id": "\(message.id)", "partner": "\(message.partner)", "state": "\(outcome.state.rawValue)",
                "attempt": "\(message.attempts + 1)", "detail": "\(outcome.detail ?? "")",
            ])
    }

    private func take(_ direction: Direction) async -> [StoredMessage] {
        let now = clock()
        do {
            return try await store.takeWork(
                direction, now: now.text, leaseUntil: now.adding(seconds: Gateway.leaseSeconds).text, limit: Gateway.batch)
        } catch {
            logger.error("work could not be taken", metadata: ["direction": "\(direction.rawValue)", "error": "\(error)"])
            try? await Task.sleep(for: .seconds(1))
            return []
        }
    }
}
