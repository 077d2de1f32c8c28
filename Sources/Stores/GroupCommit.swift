internal import Dispatch
internal import GRDB
internal import Synchronization

/// Messages that arrive while the disk is busy are written together: one transaction, one wait for the disk, for all of them.
/// Each is durable when its call returns, as if it had been written alone.
///
/// Whoever finds nobody writing writes at once, on its own thread, which saves two changes of threads. What comes meanwhile
/// shows that there is a crowd: it is written a moment later, together with what that moment brings.
final class GroupCommit: Sendable {
    private struct Pending: Sendable {
        let message: NewMessage
        let work: WorkOrder
        let continuation: CheckedContinuation<Claim, any Error>
    }

    private struct State {
        var waiting: [Pending] = []
        var isWriting = false
    }

    /// How long a crowd is gathered: about what a commit itself takes on a good disk.
    private static let moment = DispatchTimeInterval.milliseconds(1)

    private let database: any DatabaseWriter
    private let state = Mutex(State())

    init(_ database: any DatabaseWriter) {
        self.database = database
    }

    func add(_ message: NewMessage, work: WorkOrder) async throws -> Claim {
        try await withCheckedThrowingContinuation { continuation in
            let writes = state.withLock { state in
                state.waiting.append(Pending(message: message, work: work, continuation: continuation))
                guard !state.isWriting else { return false }
                state.isWriting = true
                return true
            }
            if writes { write() }
        }
    }

    private func write() {
        database.writeWithoutTransaction { GroupCommit.write(take(), in: $0) }
        if hasMore() { DispatchQueue.global().asyncAfter(deadline: .now() + GroupCommit.moment) { [self] in write() } }
    }

    private func take() -> [Pending] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Whether more waits; if not, the next who comes writes.
    private func hasMore() -> Bool {
        state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.isWriting
        }
    }

    private static func write(_ batch: [Pending], in database: Database) {
        do {
            let claims = try commit(batch, in: database)
            for (entry, claim) in zip(batch, claims) { entry.continuation.resume(returning: claim) }
        } catch  where batch.count > 1 {
            // One of them is at fault; alone, each gets its own verdict.
            for entry in batch {
                entry.continuation.resume(with: Result { try commit([entry], in: database)[0] })
            }
        } catch {
            batch[0].continuation.resume(throwing: error)
        }
    }

    private static func commit(_ batch: [Pending], in database: Database) throws -> [Claim] {
        var claims: [Claim] = []
        try database.inTransaction(.immediate) {
            for entry in batch { claims.append(try MessageLog.add(entry.message, work: entry.work, in: database)) }
            return .commit
        }
        return claims
    }
}
