internal import Dispatch
internal import Synchronization

/// Transactions that come while all sessions are busy are written together: one commit, one wait for the disk, for all of them.
/// Each is durable when its call returns, as if it had been written alone.
///
/// Whoever finds no session at work writes at once. What comes meanwhile shows that there is a crowd: it is written a moment later,
/// together with what that moment brings. Where one session takes long, for a lock or the way to the server, another helps.
final class WriteQueue: Sendable {
    private struct Job: Sendable {
        let attempt: @Sendable (any SQLConnection) throws -> Void
        let finish: @Sendable (Result<Void, any Error>) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var idle: [any SQLSession]
        var busy = 0
        /// When the last batch was begun.
        var begun = ContinuousClock.now
        var isHelpAsked = false

        mutating func takeSession() -> (any SQLSession)? {
            guard let session = idle.popLast() else { return nil }
            busy += 1
            return session
        }
    }

    /// How long a crowd is gathered: about what a commit itself takes on a good disk.
    private static let moment = DispatchTimeInterval.milliseconds(1)
    /// Transactions written together at the most.
    private static let most = 64
    private static let tries = 3

    /// How long one batch may take until another session helps.
    private static let patience = Duration.milliseconds(20)

    private let state: Mutex<State>
    /// Whether one session is to write as much as it can, where several could.
    private let gathers: Bool

    init(_ sessions: [any SQLSession], gathers: Bool = false) {
        state = Mutex(State(idle: sessions))
        self.gathers = gathers
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
                return gathers && state.busy > 0 ? nil : state.takeSession()
            }
            guard let session else {
                if gathers { askForHelp() }
                return
            }
            switch place {
            case .here: write(session)
            case .elsewhere: DispatchQueue.global().async { [self] in write(session) }
            }
        }
    }

    private func write(_ session: any SQLSession) {
        commit(take(), session)
        let hasMore = state.withLock { state in
            if state.waiting.isEmpty {
                state.idle.append(session)
                state.busy -= 1
            }
            return !state.waiting.isEmpty
        }
        if hasMore { DispatchQueue.global().asyncAfter(deadline: .now() + WriteQueue.moment) { [self] in write(session) } }
    }

    /// Looks again when the batch under way should be done, once for all who wait.
    private func askForHelp() {
        let isFirst = state.withLock { state in
            guard !state.isHelpAsked, !state.idle.isEmpty else { return false }
            state.isHelpAsked = true
            return true
        }
        guard isFirst else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { [self] in help() }
    }

    private func help() {
        let (session, isStillWaiting) = state.withLock { state -> ((any SQLSession)?, Bool) in
            state.isHelpAsked = false
            guard !state.waiting.isEmpty else { return (nil, false) }
            let isLate = ContinuousClock.now - state.begun >= WriteQueue.patience
            return (isLate ? state.takeSession() : nil, true)
        }
        if isStillWaiting { askForHelp() }
        if let session { write(session) }
    }

    private func take() -> [Job] {
        state.withLock { state in
            state.begun = .now
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
