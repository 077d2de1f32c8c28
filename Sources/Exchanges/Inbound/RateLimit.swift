internal import Synchronization
internal import XML

/// Counts what may happen in one second, or in some.
final class RateLimit: Sendable {
    private struct Window {
        var start: Int64 = 0
        var used = 0
    }

    private let most: Int
    private let seconds: Int64
    private let window = Mutex(Window())

    init(_ most: Int, in seconds: Int64 = 1) {
        self.most = most
        self.seconds = seconds
    }

    func allows(at now: XMLDateTime) -> Bool {
        window.withLock { window in
            if !(0..<seconds).contains(now.seconds - window.start) { window = Window(start: now.seconds) }
            window.used += 1
            return window.used <= most
        }
    }
}
