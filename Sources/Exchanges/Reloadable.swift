internal import Synchronization

/// What holds now; a reload puts another in its place while messages are under way, each of which keeps its own.
public final class Reloadable<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    public init(_ value: Value) {
        self.value = Mutex(value)
    }

    public var current: Value { value.withLock(\.self) }

    public func replace(_ value: Value) { self.value.withLock { $0 = value } }
}
