internal import Logging
internal import ServiceLifecycle
internal import Stores
internal import Synchronization
internal import XML

extension Gateway {
    /// Longer than any try may take; a replica that died gives its work back after it.
    private static let leaseSeconds: Int64 = 660
    private static let atOnce = 64

    /// Takes due work again and again, many side by side, so that one slow partner holds up nobody else; at shutdown what is
    /// under way is finished.
    func work(_ direction: Direction, _ attempt: @escaping @Sendable (StoredMessage) async -> WorkOutcome) async {
        do { try await store.reclaimWork(direction) } catch {
            logger.error("work of an earlier run could not be taken over", metadata: ["error": "\(error)"])
        }
        let underWay = UnderWay()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    let taken = await take(direction, limit: Gateway.atOnce - underWay.count)
                    for message in taken {
                        underWay.add(1)
                        group.addTask {
                            await finish(message, await attempt(message))
                            underWay.add(-1)
                            bell.ring(direction)
                        }
                    }
                    if taken.isEmpty { await bell.wait(direction, atMost: .seconds(1)) }
                }
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

    private func take(_ direction: Direction, limit: Int) async -> [StoredMessage] {
        guard limit > 0 else { return [] }
        let now = clock()
        do {
            return try await store.takeWork(
                direction, now: now.text, leaseUntil: now.adding(seconds: Gateway.leaseSeconds).text, limit: limit)
        } catch {
            logger.error("work could not be taken", metadata: ["direction": "\(direction.rawValue)", "error": "\(error)"])
            try? await Task.sleep(for: .seconds(1))
            return []
        }
    }
}

/// How many tries are under way.
private final class UnderWay: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add(_ change: Int) { number.withLock { $0 += change } }
}
