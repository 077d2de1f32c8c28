internal import Synchronization

/// A place for one connection, which is made when it is needed and made anew when it broke.
final class PostgreSQLSession: SQLSession {
    private let url: String
    private let begin: SQLStatement
    private let isPatient: Bool
    private let open = Mutex<Held>(Held())
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    private struct Held: ~Copyable {
        // Not safe in itself: libpq's connections may be used by any thread, but by one at a time, and the lock sees to that.
        nonisolated(unsafe) var connection: PostgreSQLConnection?
    }

    /// After a failure the next connection is tried no sooner; what comes meanwhile fails at once.
    private static let patience = Duration.milliseconds(500)

    /// - Parameters:
    ///   - isReading: each transaction sees the database as it is at one moment, and changes nothing.
    ///   - isPatient: for what goes through whole tables.
    init(url: String, isReading: Bool = false, isPatient: Bool = false) {
        self.url = url
        self.isPatient = isPatient
        begin =
            isReading
            ? SQLStatement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", name: "begin")
            : SQLStatement("BEGIN ISOLATION LEVEL READ COMMITTED", name: "begin")
    }

    /// Tried again where it failed for a reason that passes: everything in it is written so that a second time changes nothing more.
    func transaction(tries: Int, _ body: (any SQLConnection) throws -> Void) throws {
        for attempt in 1... {
            do {
                return try with { connection in try connection.transaction(begin) { try body(connection) } }
            } catch let error as PostgreSQLError where error.isPassing && attempt < tries {
                continue
            }
        }
    }

    /// What one connection does outside of a transaction.
    func with<Value>(_ body: (PostgreSQLConnection) throws -> Value) throws -> Value {
        try open.withLock { held in
            let connection = try held.connection ?? connect()
            held.connection = connection
            defer { if connection.isBroken { held.connection = nil } }
            return try body(connection)
        }
    }

    func close() {
        open.withLock { $0.connection = nil }
    }

    private func connect() throws -> PostgreSQLConnection {
        if let failed = last.withLock({ $0 }), ContinuousClock.now - failed < PostgreSQLSession.patience {
            throw StoreError("PostgreSQL cannot be reached; it is tried again")
        }
        do {
            let connection = try PostgreSQLConnection(url: url)
            if isPatient { try connection.allowLongStatements() }
            return connection
        } catch {
            last.withLock { $0 = .now }
            throw error
        }
    }
}
