internal import Synchronization

/// Says that the gateway is about to stop: who asks whether it is ready is told so, and nobody waits any longer for what may come.
public final class StopSign: Sendable {
    private let state = Mutex(false)

    public var isUp: Bool { state.withLock { $0 } }
    public func raise() { state.withLock { $0 = true } }
}
