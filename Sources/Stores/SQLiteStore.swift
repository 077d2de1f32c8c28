internal import Foundation
internal import GRDB

/// The message log in one SQLite file (or in memory, for tests and for commands without a file).
public final class SQLiteStore: MessageStore {
    /// Refusals of unknown senders that are kept.
    static let keptRefusals: Int64 = 10_000

    private let database: any DatabaseWriter
    private let commits: GroupCommit

    /// Opens or makes the file, and brings its tables to the newest step.
    ///
    /// Every commit reaches the disk before it counts: `synchronous = FULL`, which GRDB's WAL set-up would lower.
    public init(path: String) throws {
        var configuration = Configuration()
        // Another process may hold the file for a moment: a backup, or `check`.
        configuration.busyMode = .timeout(10)
        let pool = try DatabasePool(path: path, configuration: configuration)
        // The pages of the indexes stay in memory (32 MiB), for each new message touches one of each, and wait for some hundred
        // messages (16 MiB of log) until they are written to their places.
        try pool.writeWithoutTransaction {
            try $0.execute(
                sql: """
                    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4096
                    """)
        }
        database = pool
        commits = GroupCommit(pool)
        try SQLiteSchema.migrator.migrate(pool)
    }

    public init() throws {
        database = try DatabaseQueue()
        commits = GroupCommit(database)
        try SQLiteSchema.migrator.migrate(database)
    }

    public func add(_ message: NewMessage, work: WorkOrder) async throws -> Claim {
        try await commits.add(message, work: work)
    }

    public func claimed(_ direction: Direction, partner: String, messageID: String) async throws -> StoredMessage? {
        try await database.read { try MessageLog.holder(direction, partner, messageID, in: $0) }
    }

    public func message(id: String) async throws -> StoredMessage? {
        try await database.read { try StoredMessage.fetch($0, "SELECT * FROM message WHERE id = ?", [id]).first }
    }

    public func messages(_ query: MessageQuery) async throws -> [StoredMessage] {
        var conditions: [String] = []
        var arguments: [(any DatabaseValueConvertible)?] = []
        func restrict(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments.append(value)
        }
        restrict("direction = ?", query.direction?.rawValue)
        restrict("partner = ?", query.partner)
        restrict("operation = ?", query.operation)
        restrict("state = ?", query.state?.rawValue)
        restrict("message_id = ?", query.messageID)
        restrict("certificate_number = ?", query.certificateNumber)
        restrict("received_at >= ?", query.from)
        restrict("received_at < ?", query.to)
        restrict("sequence < ?", query.before)
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let sql = "SELECT * FROM message \(filter) ORDER BY sequence DESC LIMIT \(query.limit)"
        let all = StatementArguments(arguments)
        return try await database.read { try StoredMessage.fetch($0, sql, all) }
    }

    public func content(_ kind: ContentKind, of id: String) async throws -> [UInt8]? {
        try await database.read { database in
            try Data.fetchOne(
                database,
                sql: "SELECT \(kind.column) FROM content JOIN message ON message.sequence = content.message WHERE message.id = ?",
                arguments: [id]
            ).map { Array($0) }
        }
    }

    public func events(of id: String) async throws -> [MessageEvent] {
        try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT event.at, event.state, event.detail FROM event JOIN message ON message.sequence = event.message
                    WHERE message.id = ? ORDER BY number
                    """, arguments: [id]
            ).map { MessageEvent(at: $0["at"], state: TransportState(rawValue: $0["state"]) ?? .parked, detail: $0["detail"]) }
        }
    }

    public func takeWork(
        _ direction: Direction, now: String, leaseUntil: String, limit: Int
    ) async throws -> [StoredMessage] {
        try await database.write { database in
            let due = try StoredMessage.fetch(
                database,
                """
                SELECT message.* FROM work JOIN message ON message.sequence = work.message
                WHERE work.direction = ? AND work.due_at <= ? AND (work.leased_until IS NULL OR work.leased_until < ?)
                ORDER BY message.sequence LIMIT ?
                """, [direction.rawValue, now, now, limit])
            for message in due {
                try database.execute(
                    sql: "UPDATE work SET leased_until = ? WHERE message = ?", arguments: [leaseUntil, message.sequence])
            }
            return due
        }
    }

    public func reclaimWork(_ direction: Direction) async throws {
        try await database.write { database in
            try database.execute(sql: "UPDATE work SET leased_until = NULL WHERE direction = ?", arguments: [direction.rawValue])
        }
    }

    public func finish(_ id: String, _ outcome: WorkOutcome, at now: String) async throws {
        try await database.write { database in
            guard let sequence = try Int64.fetchOne(database, sql: "SELECT sequence FROM message WHERE id = ?", arguments: [id]) else {
                return
            }
            try database.execute(
                sql: """
                    UPDATE message SET state = ?, detail = ?, updated_at = ?, attempts = attempts + ?,
                      body_digest = COALESCE(?, body_digest), signer = COALESCE(?, signer) WHERE sequence = ?
                    """,
                arguments: [
                    outcome.state.rawValue, outcome.detail, now, outcome.counts == .asTry ? 1 : 0, outcome.bodyDigest, outcome.signer,
                    sequence,
                ])
            try MessageLog.keep(outcome.contents, of: sequence, in: database)
            try MessageLog.note(sequence, outcome.state, outcome.detail, at: now, in: database)
            if let retryAt = outcome.retryAt {
                try database.execute(
                    sql: "UPDATE work SET due_at = ?, leased_until = NULL WHERE message = ?", arguments: [retryAt, sequence])
            } else {
                try database.execute(sql: "DELETE FROM work WHERE message = ?", arguments: [sequence])
            }
        }
    }

    public func resume(_ id: String, state: TransportState, at now: String) async throws {
        try await database.write { database in
            guard let message = try StoredMessage.fetch(database, "SELECT * FROM message WHERE id = ?", [id]).first,
                message.state == .parked
            else { return }
            try database.execute(
                sql: "UPDATE message SET state = ?, attempts = 0, detail = NULL, updated_at = ? WHERE sequence = ?",
                arguments: [state.rawValue, now, message.sequence])
            try database.execute(
                sql: "INSERT OR REPLACE INTO work (message, direction, due_at) VALUES (?, ?, ?)",
                arguments: [message.sequence, message.direction.rawValue, now])
            try MessageLog.note(message.sequence, state, "resumed", at: now, in: database)
        }
    }

    public func queueInbox(at now: String) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO work (message, direction, due_at)
                    SELECT sequence, direction, ? FROM message WHERE direction = 'inbound' AND state = 'accepted'
                    """, arguments: [now])
        }
    }

    public func noteRepetition(of id: String, at now: String) async throws {
        try await database.write { database in
            guard let message = try StoredMessage.fetch(database, "SELECT * FROM message WHERE id = ?", [id]).first else { return }
            try MessageLog.note(
                message.sequence, message.state, "repeated by its sender and answered again", at: now, in: database)
        }
    }

    public func noteRefusal(_ refusal: RefusalNote) async throws {
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO refusal (at, code, correlation_id, peer, digest) VALUES (?, ?, ?, ?, ?)",
                arguments: [refusal.at, refusal.code, refusal.correlationID, refusal.peer, refusal.digest])
            try database.execute(
                sql: "DELETE FROM refusal WHERE sequence <= ?",
                arguments: [database.lastInsertedRowID - SQLiteStore.keptRefusals])
        }
    }

    public func refusals(limit: Int) async throws -> [RefusalNote] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM refusal ORDER BY sequence DESC LIMIT ?", arguments: [limit]).map {
                RefusalNote(
                    at: $0["at"], code: $0["code"], correlationID: $0["correlation_id"], peer: $0["peer"], digest: $0["digest"])
            }
        }
    }

    public func signersSeen() async throws -> [SignerSeen] {
        try await database.read { database in
            let sql = """
                SELECT partner, signer, MAX(received_at) AS last_at FROM message
                WHERE direction = ? AND state <> ? AND signer IS NOT NULL GROUP BY partner, signer
                """
            return try Row.fetchAll(
                database, sql: sql, arguments: [Direction.inbound.rawValue, TransportState.refused.rawValue]
            ).map { SignerSeen(partner: $0["partner"], fingerprint: $0["signer"], lastAt: $0["last_at"]) }
        }
    }

    public func checkWritable() async throws {
        try await database.write { try $0.execute(sql: "UPDATE message SET state = state WHERE sequence = -1") }
    }

    /// Whether SQLite waits for the disk at every commit (`PRAGMA synchronous` is 2).
    func synchronousLevel() async throws -> Int {
        try await database.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }
}
