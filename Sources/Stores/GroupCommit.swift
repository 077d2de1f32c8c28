internal import GRDB
internal import Synchronization

/// Messages that arrive while the disk is busy are written together: one transaction, one wait for the disk, for all of them.
/// Each is durable when its call returns, as if it had been written alone.
final class GroupCommit: Sendable {
    private struct Pending: Sendable {
        let message: NewMessage
        let work: WorkOrder
        let continuation: CheckedContinuation<Claim, any Error>
    }

    private let database: any DatabaseWriter
    private let pending = Mutex<[Pending]>([])

    init(_ database: any DatabaseWriter) {
        self.database = database
    }

    func add(_ message: NewMessage, work: WorkOrder) async throws -> Claim {
        try await withCheckedThrowingContinuation { continuation in
            pending.withLock { $0.append(Pending(message: message, work: work, continuation: continuation)) }
            // Whichever block runs first takes all that waits; the later ones find nothing left.
            database.asyncWriteWithoutTransaction { [self] in writeAll(in: $0) }
        }
    }

    private func writeAll(in database: Database) {
        let batch = pending.withLock { pending in
            let batch = pending
            pending = []
            return batch
        }
        guard !batch.isEmpty else { return }
        do {
            let claims = try GroupCommit.commit(batch, in: database)
            for (entry, claim) in zip(batch, claims) { entry.continuation.resume(returning: claim) }
        } catch  where batch.count > 1 {
            // One of them is at fault; alone, each gets its own verdict.
            for entry in batch {
                entry.continuation.resume(with: Result { try GroupCommit.commit([entry], in: database)[0] })
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
