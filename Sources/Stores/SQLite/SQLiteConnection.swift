internal import GRDB
internal import GRDBSQLite
internal import XMLSignature

/// A connection of GRDB's, with its own cache of statements. GRDB keeps connections, transactions and statements; values go to and from
/// SQLite directly, for GRDB's rows cost more than the work of the database itself where a log of millions of records is read.
final class SQLiteConnection: SQLConnection {
    private let database: Database
    let dialect = SQLDialect.sqlite

    init(_ database: Database) {
        self.database = database
    }

    func run(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        var rows: [[SQLValue]] = []
        try step(statement, arguments) { handle, columns in
            rows.append((0..<columns).map { SQLiteConnection.value(handle, $0) })
        }
        return rows
    }

    /// Where they lie in SQLite's memory: a copy of each would cost as much as its digest.
    func digests(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        var rows: [[SQLValue]] = []
        try step(statement, arguments) { handle, columns in
            rows.append(
                (0..<columns).map { column in
                    guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return SQLiteConnection.value(handle, column) }
                    return .bytes(Digest(of: SQLiteConnection.bytes(handle, column)).bytes)
                })
        }
        return rows
    }

    func change(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int {
        try step(statement, arguments) { _, _ in }
        return database.changesCount
    }

    func send(_ statement: SQLStatement, _ arguments: [SQLValue]) throws {
        try step(statement, arguments) { _, _ in }
    }

    /// Faster than RETURNING, for which SQLite makes a table of its own.
    func insert(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int64? {
        try change(statement, arguments) > 0 ? database.lastInsertedRowID : nil
    }

    private func step(_ statement: SQLStatement, _ arguments: [SQLValue], _ row: (OpaquePointer, Int32) -> Void) throws {
        let prepared = try prepare(statement)
        try withExtendedLifetime(prepared) { try step(prepared.sqliteStatement, statement, arguments, row) }
    }

    private func step(
        _ handle: OpaquePointer, _ statement: SQLStatement, _ arguments: [SQLValue], _ row: (OpaquePointer, Int32) -> Void
    ) throws {
        defer {
            sqlite3_reset(handle)
            // Its bytes would be kept as long as the statement.
            sqlite3_clear_bindings(handle)
        }
        precondition(sqlite3_bind_parameter_count(handle) == Int32(arguments.count), "each parameter of a statement has its value")
        for (index, argument) in arguments.enumerated() { try check(SQLiteConnection.bind(argument, handle, Int32(index + 1)), statement) }
        let columns = sqlite3_column_count(handle)
        while true {
            let code = sqlite3_step(handle)
            guard code == SQLITE_ROW else { return try check(code == SQLITE_DONE ? SQLITE_OK : code, statement) }
            row(handle, columns)
        }
    }

    private func check(_ code: Int32, _ statement: SQLStatement) throws {
        guard code != SQLITE_OK else { return }
        let message = database.sqliteConnection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.numbered)
    }

    private func prepare(_ statement: SQLStatement) throws -> Statement {
        statement.name == nil ? try database.makeStatement(sql: statement.numbered) : try database.cachedStatement(sql: statement.numbered)
    }

    /// SQLite copies what is bound: it is read while the statement is stepped through, when the value may have moved.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// What has no bytes may have no address, and without one SQLite would bind NULL.
    private static func bind(_ value: SQLValue, _ handle: OpaquePointer, _ index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            guard !text.isEmpty else { return sqlite3_bind_text(handle, index, "", 0, copied) }
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), copied) }
            }
        case .bytes(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes { sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), copied) }
        }
    }

    private static func value(_ handle: OpaquePointer, _ column: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER, SQLITE_FLOAT: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_TEXT:
            let text = sqlite3_column_text(handle, column)
            return .text(
                String(decoding: UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self))
        default: return .bytes(Array(bytes(handle, column)))
        }
    }

    /// Of a blob, until the next step.
    private static func bytes(_ handle: OpaquePointer, _ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
