internal import Stores
internal import Synchronization

/// Wakes a worker as soon as there is work; without it the worker looks again after a while.
final class WorkBell: Sendable {
    private struct State {
        var rung: Set<Direction> = []
        var waiting: [Direction: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    func ring(_ direction: Direction) {
        let sleeper = state.withLock { state in
            let sleeper = state.waiting.removeValue(forKey: direction)
            if sleeper == nil { state.rung.insert(direction) }
            return sleeper
        }
        sleeper?.resume()
    }

    /// Returns when the bell rings, when `duration` has passed, or when the task is cancelled.
    func wait(_ direction: Direction, atMost duration: Duration) async {
        let timer = Task {
            guard (try? await Task.sleep(for: duration)) != nil else { return }
            ring(direction)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRung = state.withLock { state in
                    if state.rung.remove(direction) != nil { return true }
                    state.waiting[direction] = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            ring(direction)
        }
        timer.cancel()
    }
}
