internal import Synchronization

/// Spares a target that fails again and again: after some failures in a row nothing is tried for a while, then one try shows.
final class Breaker: Sendable {
    private struct State {
        var failures = 0
        var closedUntil: ContinuousClock.Instant?
        var isProbing = false
    }

    private static let patience = 5
    private let backoff = Backoff(first: 2, longest: 60)
    private let targets = Mutex<[String: State]>([:])

    /// Whether the target may be tried now; where it may not, seconds until it may.
    func admit(_ target: String, at now: ContinuousClock.Instant = .now) -> Double? {
        targets.withLock { targets in
            guard var state = targets[target], let until = state.closedUntil else { return nil }
            guard now >= until, !state.isProbing else { return max(0.5, (until - now) / .seconds(1)) }
            state.isProbing = true
            targets[target] = state
            return nil
        }
    }

    /// - Returns: whether the target was given up for a while just now.
    func note(_ target: String, isGood: Bool, at now: ContinuousClock.Instant = .now) -> Bool {
        targets.withLock { targets in
            guard !isGood else {
                targets[target] = nil
                return false
            }
            var state = targets[target] ?? State()
            state.failures += 1
            state.isProbing = false
            if state.failures >= Breaker.patience {
                state.closedUntil = now + .seconds(backoff.delay(after: state.failures - Breaker.patience + 1, share: .random(in: 0...1)))
            }
            targets[target] = state
            return state.failures == Breaker.patience
        }
    }

    /// A try that told nothing of the target.
    func forget(_ target: String) {
        targets.withLock { $0[target]?.isProbing = false }
    }
}
