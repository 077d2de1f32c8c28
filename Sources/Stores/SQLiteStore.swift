internal import Foundation
internal import GRDB

/// The message log in one SQLite file (or in memory, for tests and for commands without a file).
public final class SQLiteStore: MessageStore {
    /// Refusals of unknown senders that are kept.
    static let keptRefusals: Int64 = 10_000

    private let database: any DatabaseWriter

    /// Opens or makes the file, and brings its tables to the newest step.
    ///
    /// Every commit reaches the disk before it counts: `synchronous = FULL`, which GRDB's WAL set-up would lower.
    public init(path: String) throws {
        let pool = try DatabasePool(path: path)
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON") }
        database = pool
        try SQLiteSchema.migrator.migrate(pool)
    }

    public init() throws {
        database = try DatabaseQueue()
        try SQLiteSchema.migrator.migrate(database)
    }

    public func add(_ message: NewMessage, work: WorkOrder) async throws -> Claim {
        try await database.write { database in
            if message.state != .refused,
                let earlier = try holder(message.direction, message.partner, message.messageID, in: database)
            {
                return .taken(by: earlier)
            }
            try database.execute(
                sql: """
                    INSERT INTO message (id, direction, partner, operation, message_id, content_digest, certificate_number, state,
                      correlation_id, received_at, updated_at, signer, body_digest, detail)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    message.id, message.direction.rawValue, message.partner, message.operation, message.messageID,
                    message.contentDigest, message.certificateNumber, message.state.rawValue, message.correlationID,
                    message.receivedAt, message.receivedAt, message.signer, message.bodyDigest, message.detail,
                ])
            try keep(message.contents, of: message.id, in: database)
            try note(message.id, message.state, message.detail, at: message.receivedAt, in: database)
            if case .due(let moment) = work {
                try database.execute(
                    sql: "INSERT INTO work (message, direction, due_at) VALUES (?, ?, ?)",
                    arguments: [message.id, message.direction.rawValue, moment])
            }
            return .added
        }
    }

    public func claimed(_ direction: Direction, partner: String, messageID: String) async throws -> StoredMessage? {
        try await database.read { try holder(direction, partner, messageID, in: $0) }
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
                database, sql: "SELECT bytes FROM content WHERE message = ? AND kind = ?", arguments: [id, kind.rawValue]
            ).map { Array($0) }
        }
    }

    public func events(of id: String) async throws -> [MessageEvent] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM event WHERE message = ? ORDER BY sequence", arguments: [id]).map {
                MessageEvent(at: $0["at"], state: TransportState(rawValue: $0["state"]) ?? .parked, detail: $0["detail"])
            }
        }
    }

    public func takeWork(
        _ direction: Direction, now: String, leaseUntil: String, limit: Int
    ) async throws -> [StoredMessage] {
        try await database.write { database in
            let due = try StoredMessage.fetch(
                database,
                """
                SELECT message.* FROM work JOIN message ON message.id = work.message
                WHERE work.direction = ? AND work.due_at <= ? AND (work.leased_until IS NULL OR work.leased_until < ?)
                ORDER BY message.sequence LIMIT ?
                """, [direction.rawValue, now, now, limit])
            for message in due {
                try database.execute(
                    sql: "UPDATE work SET leased_until = ? WHERE message = ?", arguments: [leaseUntil, message.id])
            }
            return due
        }
    }

    public func finish(_ id: String, _ outcome: WorkOutcome, at now: String) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    UPDATE message SET state = ?, detail = ?, updated_at = ?, attempts = attempts + 1,
                      body_digest = COALESCE(?, body_digest), signer = COALESCE(?, signer) WHERE id = ?
                    """,
                arguments: [outcome.state.rawValue, outcome.detail, now, outcome.bodyDigest, outcome.signer, id])
            try keep(outcome.contents, of: id, in: database)
            try note(id, outcome.state, outcome.detail, at: now, in: database)
            if let retryAt = outcome.retryAt {
                try database.execute(
                    sql: "UPDATE work SET due_at = ?, leased_until = NULL WHERE message = ?", arguments: [retryAt, id])
            } else {
                try database.execute(sql: "DELETE FROM work WHERE message = ?", arguments: [id])
            }
        }
    }

    public func noteRepetition(of id: String, at now: String) async throws {
        try await database.write { database in
            guard let message = try StoredMessage.fetch(database, "SELECT * FROM message WHERE id = ?", [id]).first else { return }
            try note(id, message.state, "repeated by its sender and answered again", at: now, in: database)
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

    public func checkWritable() async throws {
        try await database.write { try $0.execute(sql: "UPDATE message SET state = state WHERE sequence = -1") }
    }

    /// Whether SQLite waits for the disk at every commit (`PRAGMA synchronous` is 2).
    func synchronousLevel() async throws -> Int {
        try await database.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }
}

private func holder(
    _ direction: Direction, _ partner: String, _ messageID: String, in database: Database
) throws -> StoredMessage? {
    try StoredMessage.fetch(
        database, "SELECT * FROM message WHERE direction = ? AND partner = ? AND message_id = ? AND state <> 'refused'",
        [direction.rawValue, partner, messageID]
    ).first
}

private func keep(_ contents: [ContentKind: [UInt8]], of id: String, in database: Database) throws {
    for (kind, bytes) in contents {
        try database.execute(
            sql: "INSERT INTO content (message, kind, bytes) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
            arguments: [id, kind.rawValue, Data(bytes)])
    }
}

private func note(
    _ id: String, _ state: TransportState, _ detail: String?, at now: String, in database: Database
) throws {
    try database.execute(
        sql: "INSERT INTO event (message, at, state, detail) VALUES (?, ?, ?, ?)", arguments: [id, now, state.rawValue, detail])
}

extension StoredMessage {
    fileprivate static func fetch(_ database: Database, _ sql: String, _ arguments: StatementArguments) throws -> [StoredMessage] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments).map(StoredMessage.init)
    }

    private init(_ row: Row) throws {
        guard let direction = Direction(rawValue: row["direction"]), let state = TransportState(rawValue: row["state"]) else {
            throw DatabaseError(message: "message \(row["id"] as String) has a direction or state that this version does not know")
        }
        self.init(
            id: row["id"], sequence: row["sequence"], direction: direction, partner: row["partner"],
            operation: row["operation"], messageID: row["message_id"], contentDigest: row["content_digest"],
            certificateNumber: row["certificate_number"], state: state, correlationID: row["correlation_id"],
            receivedAt: row["received_at"], updatedAt: row["updated_at"], signer: row["signer"],
            bodyDigest: row["body_digest"], attempts: row["attempts"], detail: row["detail"])
    }
}
