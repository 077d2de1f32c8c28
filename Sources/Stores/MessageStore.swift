/// The log of messages, the certificates they are about, and the work that is still to be done. What a call has returned is durable.
///
/// The log is also the memory against replay: an id is claimed by an accepted message, by a constraint of the store, so that the
/// claim holds across restarts and replicas.
public protocol MessageStore: Sendable {
    /// One transaction: all of it is durable when the call returns, or it throws and nothing was written.
    ///
    /// - Parameters:
    ///   - place: where it may wait for the disk or the network.
    ///   - body: runs again where the transaction must be tried anew, so it changes nothing but through its parameter.
    /// - Throws: what `body` throws, or `StoreError`.
    func write<Value: Sendable>(
        _ place: WritePlace, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value

    func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value

    /// Whether other gateways may use it at the same time.
    var isShared: Bool { get }

    /// Tells when work was queued through another replica, until the task is cancelled; at once done where there is none.
    func watch(_ queued: @escaping @Sendable (Direction) -> Void) async

    /// Ends what is open; nothing may be asked afterwards.
    func close() async
}

public enum WritePlace: Sendable {
    /// On the thread that asks, which saves two changes of threads; for threads that may block.
    case here
    case elsewhere
}

extension MessageStore {
    public func write<Value: Sendable>(_ body: @escaping @Sendable (any StoreTransaction) throws -> Value) async throws -> Value {
        try await write(.elsewhere, body)
    }

    public var isShared: Bool { false }
    public func watch(_ queued: @escaping @Sendable (Direction) -> Void) async {}
    public func close() async {}
}

/// The store could not do what was asked; nothing was lost that had been durable.
public struct StoreError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
