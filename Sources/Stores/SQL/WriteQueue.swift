internal import Dispatch
internal import Synchronization

/// Transactions that come while all sessions are busy are written together: one commit, one wait for the disk, for all of them.
/// Each is durable when its call returns, as if it had been written alone.
///
/// Whoever finds a session free writes at once. What comes meanwhile shows that there is a crowd: it is written a moment later,
/// together with what that moment brings.
final class WriteQueue: Sendable {
    private struct Job: Sendable {
        let attempt: @Sendable (any SQLConnection) throws -> Void
        let finish: @Sendable (Result<Void, any Error>) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var idle: [any SQLSession]
    }

    /// How long a crowd is gathered: about what a commit itself takes on a good disk.
    private static let moment = DispatchTimeInterval.milliseconds(1)
    /// Transactions written together at the most.
    private static let most = 64
    private static let tries = 3

    private let state: Mutex<State>

    init(_ sessions: [any SQLSession]) {
        state = Mutex(State(idle: sessions))
    }

    func write<Value: Sendable>(
        _ place: WritePlace, _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = Outcome<Value>()
            let job = Job(
                attempt: { connection in
                    outcome.value.withLock { $0 = nil }
                    let value = try body(connection)
                    outcome.value.withLock { $0 = value }
                },
                finish: { result in
                    continuation.resume(
                        with: result.flatMap {
                            outcome.value.withLock { $0 }.map { .success($0) }
                                ?? .failure(StoreError("a transaction ended without a result"))
                        })
                })
            let session = state.withLock { state in
                state.waiting.append(job)
                return state.idle.popLast()
            }
            guard let session else { return }
            switch place {
            case .here: write(session)
            case .elsewhere: DispatchQueue.global().async { [self] in write(session) }
            }
        }
    }

    private func write(_ session: any SQLSession) {
        commit(take(), session)
        let hasMore = state.withLock { state in
            if state.waiting.isEmpty { state.idle.append(session) }
            return !state.waiting.isEmpty
        }
        if hasMore { DispatchQueue.global().asyncAfter(deadline: .now() + WriteQueue.moment) { [self] in write(session) } }
    }

    private func take() -> [Job] {
        state.withLock { state in
            defer { state.waiting.removeFirst(min(WriteQueue.most, state.waiting.count)) }
            return Array(state.waiting.prefix(WriteQueue.most))
        }
    }

    private func commit(_ batch: [Job], _ session: any SQLSession) {
        guard !batch.isEmpty else { return }
        let tries = batch.count > 1 ? 1 : WriteQueue.tries
        let result = Result { try session.transaction(tries: tries) { connection in for job in batch { try job.attempt(connection) } } }
        if case .failure = result, batch.count > 1 {
            // One of them is at fault, or two batches wait for each other's rows; alone, each gets its own verdict.
            for job in batch { job.finish(Result { try session.transaction(tries: WriteQueue.tries, job.attempt) }) }
        } else {
            for job in batch { job.finish(result) }
        }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
