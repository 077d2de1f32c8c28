public import Exchanges
internal import NIOPosix
internal import Synchronization

/// A bounded pool of threads for synchronous XML work, so that a large message never holds up an event loop.
public final class ThreadWorkPool: WorkPool {
    private let threads: NIOThreadPool
    private let waiting = Mutex(0)
    private let limit: Int

    /// - Parameters:
    ///   - threads: as many as cores.
    ///   - limit: pieces of work under way or waiting; one more is refused.
    public init(threads: Int, limit: Int) {
        self.threads = NIOThreadPool(numberOfThreads: threads)
        self.limit = limit
        self.threads.start()
    }

    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let isFull = waiting.withLock { waiting in
            guard waiting < limit else { return true }
            waiting += 1
            return false
        }
        if isFull { throw WorkPoolError.full }
        defer { waiting.withLock { $0 -= 1 } }
        return try await threads.runIfActive(work)
    }

    public func shutDown() async throws {
        try await threads.shutdownGracefully()
    }
}
