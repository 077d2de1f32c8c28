/// Where synchronous XML work runs: never on an event loop, and bounded.
public protocol WorkPool: Sendable {
    /// - Throws: `WorkPoolError.full` where too much waits already.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result
}

public enum WorkPoolError: Error { case full }

/// Runs the work where it is asked for: for commands, which have nothing else to do.
public struct InlinePool: WorkPool {
    public init() {}
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result { try work() }
}
