public import Exchanges
internal import NIOPosix
internal import Synchronization

/// A bounded pool of threads for XML work and for waiting for the disk, so that neither ever holds up an event loop.
public final class ThreadWorkPool: WorkPool {
    private let executor: ThreadExecutor
    private let waiting = Mutex(0)
    private let limit: Int

    /// - Parameters:
    ///   - threads: as many as cores.
    ///   - limit: requests under way or waiting; one more is refused.
    public init(threads: Int, limit: Int) {
        executor = ThreadExecutor(threads: threads)
        self.limit = limit
    }

    public func run<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
        let isFull = waiting.withLock { waiting in
            guard waiting < limit else { return true }
            waiting += 1
            return false
        }
        if isFull { throw WorkPoolError.full }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withTaskExecutorPreference(executor, operation: work)
    }

    /// Requests under way or waiting.
    public var load: Int { waiting.withLock { $0 } }

    public func shutDown() async throws {
        try await executor.threads.shutdownGracefully()
    }
}

/// The threads, as Swift's tasks see them.
private final class ThreadExecutor: TaskExecutor {
    let threads: NIOThreadPool

    init(threads: Int) {
        self.threads = NIOThreadPool(numberOfThreads: threads)
        self.threads.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // After a shutdown a job still has to run, or its task would never end: the pool then calls back at once.
        threads.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
