internal import Foundation
internal import GRDB

/// Everything in one SQLite file (or in memory, for commands without a file).
public final class SQLiteStore: MessageStore {
    private let database: any DatabaseWriter
    private let queue: WriteQueue

    /// Opens or makes the file.
    ///
    /// Every commit reaches the disk before it counts: `synchronous = FULL`, which GRDB's WAL set-up would lower.
    public convenience init(path: String, upgrade: SchemaUpgrade = .done { _ in }) throws {
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
        try self.init(pool, upgrade)
    }

    public convenience init() throws {
        try self.init(DatabaseQueue(), .refused)
    }

    private init(_ database: any DatabaseWriter, _ upgrade: SchemaUpgrade) throws {
        self.database = database
        queue = WriteQueue([SQLiteSession(database)])
        try database.write { database in
            try SQLMigration.run(SQLiteConnection(database), upgrade, now: Date.now.formatted(.iso8601)) { try database.execute(sql: $0) }
        }
    }

    public func write<Value: Sendable>(
        _ place: WritePlace, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await queue.write(place) { try body(SQLTransaction($0)) }
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value {
        try await database.read { try body(SQLReading(SQLiteConnection($0))) }
    }

    /// Whether SQLite waits for the disk at every commit (`PRAGMA synchronous` is 2).
    func synchronousLevel() async throws -> Int {
        try await database.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }
}

/// SQLite has one writer at a time.
private final class SQLiteSession: SQLSession {
    private let database: any DatabaseWriter

    init(_ database: any DatabaseWriter) {
        self.database = database
    }

    func transaction(tries: Int, _ body: (any SQLConnection) throws -> Void) throws {
        try database.writeWithoutTransaction { database in
            // As `Database.inTransaction`, which compiles both words anew each time.
            try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
            do {
                try body(SQLiteConnection(database))
                try database.cachedStatement(sql: "COMMIT").execute()
            } catch {
                if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
                throw error
            }
        }
    }
}
