internal import CoreMetrics
internal import Evidence
internal import Exchanges
internal import Logging
internal import ServiceLifecycle
internal import Stores
internal import Synchronization

/// Seals what is new in the log, again and again, and once more at the end; has seals stamped beside that.
struct SealingService: Service {
    let sealer: Sealer
    let interval: Duration
    let health: SealingHealth
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await again { await step("seal") { try await seal() } } }
                // An authority that takes its time keeps no record from its seal.
                group.addTask { await again { await step("stamp") { try await sealer.stamp() } } }
            }
        }
        // What was cancelled, and what came since.
        await Task { await step("seal") { try await seal() } }.value
    }

    private func again(_ body: () async -> Void) async {
        while !Task.isCancelled {
            await body()
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }

    private func seal() async throws {
        for seal in try await sealer.seal() {
            logger.info("log sealed", metadata: ["seal": "\(seal.number)", "head": "\(seal.head)"])
        }
    }

    private func step(_ name: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            if health.recover(name) { logger.info("sealing goes on", metadata: ["step": "\(name)"]) }
        } catch is CancellationError {
            return
        } catch {
            guard !Task.isCancelled, health.fail(name, "\(error)") else { return }
            logger.error("sealing is held up, messages are not", metadata: ["step": "\(name)", "error": "\(error)"])
        }
    }
}

/// What holds up sealing, for those who watch.
final class SealingHealth: Sendable {
    private let problems = Mutex<[String: String]>([:])

    /// - Returns: whether it is another problem than before.
    func fail(_ step: String, _ problem: String) -> Bool {
        problems.withLock { problems in
            defer { problems[step] = problem }
            return problems[step] != problem
        }
    }

    /// - Returns: whether there was a problem.
    func recover(_ step: String) -> Bool { problems.withLock { $0.removeValue(forKey: step) != nil } }

    var problem: String? {
        problems.withLock { problems in
            problems.isEmpty ? nil : problems.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        }
    }
}
