/// Where XML work and the store's writing run: never on an event loop, and bounded.
public protocol WorkPool: Sendable {
    /// Runs the work, and whatever it awaits that is bound to no actor, on the pool's threads, without changing threads between.
    ///
    /// - Throws: `WorkPoolError.full` where too much waits already.
    func run<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result
}

public enum WorkPoolError: Error { case full }

/// Runs the work where it is asked for: for commands, which have nothing else to do.
public struct InlinePool: WorkPool {
    public init() {}
    public func run<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result { try await work() }
}
