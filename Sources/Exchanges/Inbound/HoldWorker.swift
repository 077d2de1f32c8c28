internal import Logging
public import ServiceLifecycle
internal import Stores
internal import XML

/// Parks, and raises the alarm about, messages whose certificate did not come in the time that its agreement gives. Should it come
/// yet, they go on.
public struct HoldWorker: Service {
    private let gateway: Gateway
    private let interval: Duration
    private static let atOnce = 100

    public init(_ gateway: Gateway, interval: Duration = .seconds(15)) {
        self.gateway = gateway
        self.interval = interval
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await parkOverdue() } catch {
                    gateway.logger.error("messages held too long could not be parked", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    func parkOverdue() async throws {
        let now = gateway.clock().text
        let parked = try await gateway.store.write { transaction in
            let overdue = try transaction.overdue(now: now, limit: HoldWorker.atOnce)
            for message in overdue {
                let detail = "its certificate \(message.certificateNumber ?? "") did not come in time"
                try transaction.update(message.sequence, MessageChange(.parked, detail: detail), at: now)
                _ = try transaction.reschedule(message.sequence, due: nil, heldBy: nil)
            }
            return overdue
        }
        for message in parked {
            gateway.logger.error(
                "message held too long, parked",
                metadata: ["id": "\(message.id)", "partner": "\(message.partner)", "operation": "\(message.operation)"])
        }
    }
}
