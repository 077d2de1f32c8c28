internal import Foundation
internal import GRDB

/// A connection of GRDB's, with its own cache of statements.
final class SQLiteConnection: SQLConnection {
    private let database: Database
    let dialect = SQLDialect.sqlite

    init(_ database: Database) {
        self.database = database
    }

    func run(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        let prepared = try prepare(statement)
        let columns = 0..<prepared.columnCount
        let cursor = try Row.fetchCursor(prepared, arguments: StatementArguments(arguments))
        var rows: [[SQLValue]] = []
        while let row = try cursor.next() { rows.append(columns.map { SQLValue(row[$0] as DatabaseValue) }) }
        return rows
    }

    func change(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int {
        try prepare(statement).execute(arguments: StatementArguments(arguments))
        return database.changesCount
    }

    func send(_ statement: SQLStatement, _ arguments: [SQLValue]) throws {
        try prepare(statement).execute(arguments: StatementArguments(arguments))
    }

    /// Faster than RETURNING, for which SQLite makes a table of its own.
    func insert(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int64? {
        try change(statement, arguments) > 0 ? database.lastInsertedRowID : nil
    }

    private func prepare(_ statement: SQLStatement) throws -> Statement {
        statement.name == nil ? try database.makeStatement(sql: statement.numbered) : try database.cachedStatement(sql: statement.numbered)
    }
}

extension SQLValue: DatabaseValueConvertible {
    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .bytes(let value): Data(value).databaseValue
        }
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> SQLValue? { SQLValue(value) }

    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .integer(Int64(number))
            case .string(let text): .text(text)
            case .blob(let data): .bytes(Array(data))
            }
    }
}
