internal import XMLSignature

/// One connection to a database that speaks SQL, used by one thread at a time.
protocol SQLConnection: AnyObject {
    /// Runs a statement; the rows that it gives.
    func run(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]]
    /// As `run`, with the SHA-256 of bytes in place of them.
    func digests(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]]
    /// As `run`, where only the number of changed rows counts.
    func change(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int
    /// As `run`, where nothing of it counts; it may be told later that it failed, but before the transaction is committed.
    func send(_ statement: SQLStatement, _ arguments: [SQLValue]) throws
    /// Inserts a row; its position, or `nil` where the statement leaves out a row that is there.
    func insert(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int64?
    var dialect: SQLDialect { get }
}

extension SQLConnection {
    func digests(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        try run(statement, arguments).map { row in row.map { $0.bytes.map { .bytes(Digest(of: $0).bytes) } ?? $0 } }
    }
}

/// Where a transaction can be run. Calls block their thread.
protocol SQLSession: AnyObject, Sendable {
    /// - Parameter tries: how often at the most, where it fails for a reason that passes.
    func transaction(tries: Int, _ body: (any SQLConnection) throws -> Void) throws
}

enum SQLDialect: String { case sqlite, postgresql }

/// A statement with parameters `$1`, `$2`, …, each of which may stand in it more than once.
final class SQLStatement: Sendable {
    let text: String
    /// With parameters as SQLite numbers them.
    let numbered: String
    /// Unless `nil`, it is prepared once a connection under this name.
    let name: String?

    /// - Parameter sqlite: the text for SQLite, where it is another.
    init(_ text: String, sqlite: String? = nil, name: String? = nil) {
        self.text = text
        self.name = name
        numbered = (sqlite ?? text).replacing("$", with: "?")
    }
}

/// Integers are 64 bits wide and texts UTF-8 in either database.
enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ bytes: [UInt8]?) { self = bytes.map { .bytes($0) } ?? .null }

    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
}

extension [SQLValue] {
    /// A column that is never null.
    func text(_ column: Int) throws -> String {
        guard let value = self[column].text else { throw StoreError("column \(column) of a row is no text") }
        return value
    }

    func integer(_ column: Int) throws -> Int64 {
        guard let value = self[column].integer else { throw StoreError("column \(column) of a row is no number") }
        return value
    }
}
