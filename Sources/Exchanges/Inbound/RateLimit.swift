internal import Synchronization
internal import XML

/// Counts what may happen in one second.
final class RateLimit: Sendable {
    private struct Window {
        var second: Int64 = 0
        var used = 0
    }

    private let perSecond: Int
    private let window = Mutex(Window())

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    func allows(at now: XMLDateTime) -> Bool {
        window.withLock { window in
            if window.second != now.seconds { window = Window(second: now.seconds) }
            window.used += 1
            return window.used <= perSecond
        }
    }
}
