internal import CPostgreSQL

/// One connection through libpq, with its prepared statements. Calls block their thread.
final class PostgreSQLConnection: SQLConnection {
    let dialect = SQLDialect.postgresql
    let handle: OpaquePointer
    private var prepared: Set<String> = []

    /// Seconds.
    private static let patience = "5"

    /// - Parameter url: as libpq reads it (`postgresql://host/database?…`, or `key=value …`).
    /// - Throws: `StoreError` where there is no server, or no way in.
    init(url: String) throws {
        // Given first, so that the URL may say otherwise.
        let settings = [
            ("connect_timeout", PostgreSQLConnection.patience), ("application_name", "coconect-soap"),
            // A server that is gone without a word is noticed within seconds.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
            ("dbname", url), ("client_encoding", "UTF8"),
        ]
        try PostgreSQLConnection.check(url: url)
        handle = PostgreSQLConnection.withStrings(settings.map(\.0)) { names in
            PostgreSQLConnection.withStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            throw StoreError("PostgreSQL cannot be reached: \(PostgreSQLConnection.line(PQerrorMessage(handle)))")
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        // A server that accepts statements but does not answer them is as good as none.
        try script(
            """
            SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s';
            SET synchronous_commit = on
            """)
    }

    deinit { PQfinish(handle) }

    /// libpq repeats what it cannot read, perhaps the password; this does not.
    private static func check(url: String) throws {
        guard let options = PQconninfoParse(url, nil) else {
            throw StoreError("the URL of PostgreSQL cannot be read; percent-encode what is special in its user and password")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            // One for each of several hosts; none is the standard one.
            let ports = String(cString: keyword) == "port" ? option.pointee.val.map { String(cString: $0) } : nil
            if let ports, ports.split(separator: ",").contains(where: { Int($0) == nil }) {
                throw StoreError("the port in the URL of PostgreSQL is no number; percent-encode what is special in its user and password")
            }
            option += 1
        }
    }

    var isBroken: Bool { PQstatus(handle) != CONNECTION_OK }

    func run(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        let result = try execute(statement, arguments)
        defer { PQclear(result) }
        let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        return (0..<PQntuples(result)).map { row in
            types.enumerated().map { column, type in PostgreSQLConnection.value(result, row, Int32(column), type) }
        }
    }

    func change(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int {
        let result = try execute(statement, arguments)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    func insert(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int64? {
        try run(statement, arguments).first?[0].integer
    }

    /// Several statements at once, without parameters.
    func script(_ text: String) throws {
        PQclear(try check(PQexec(handle, text)))
    }

    /// Values go and come in binary: numbers as eight bytes, texts and bytes as they are.
    private func execute(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> OpaquePointer? {
        if let name = statement.name, prepared.insert(name).inserted {
            do { PQclear(try check(PQprepare(handle, name, statement.text, 0, nil))) } catch {
                prepared.remove(name)
                throw error
            }
        }
        let texts = arguments.map(PostgreSQLConnection.bytes)
        let lengths = texts.map { Int32($0?.count ?? 0) }
        let formats = arguments.map { if case .bytes = $0 { Int32(1) } else { Int32(0) } }
        return try PostgreSQLConnection.withPointers(texts) { values in
            if let name = statement.name {
                return try check(PQexecPrepared(handle, name, Int32(arguments.count), values, lengths, formats, 1))
            }
            return try check(PQexecParams(handle, statement.text, Int32(arguments.count), nil, values, lengths, formats, 1))
        }
    }

    private func check(_ result: OpaquePointer?) throws -> OpaquePointer? {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return result
        default:
            defer { PQclear(result) }
            let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
            let text = result == nil ? PQerrorMessage(handle) : PQresultErrorMessage(result)
            throw PostgreSQLError(code: code, text: PostgreSQLConnection.line(text), isBroken: isBroken)
        }
    }

    // MARK: Values

    private static func bytes(_ value: SQLValue) -> [UInt8]? {
        switch value {
        case .null: nil
        // A text ends with a zero; there is none within, for neither XML nor a header holds one.
        case .integer(let number): Array(String(number).utf8) + [0]
        case .text(let text): Array(text.utf8) + [0]
        case .bytes(let bytes): bytes
        }
    }

    private static func value(_ result: OpaquePointer?, _ row: Int32, _ column: Int32, _ type: Oid) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        switch type {
        case 20: return .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case 23: return .integer(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case 17: return .bytes(Array(bytes))
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func withPointers<Result>(
        _ values: [[UInt8]?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> Result
    ) rethrows -> Result {
        var offsets: [Int?] = []
        var all: [UInt8] = []
        for value in values {
            offsets.append(value == nil ? nil : all.count)
            all.append(contentsOf: value ?? [])
            // Bytes may be none, and still not null.
            all.append(0)
        }
        return try all.withUnsafeBytes { buffer in
            let pointers = offsets.map { offset in offset.map { buffer.baseAddress!.advanced(by: $0).assumingMemoryBound(to: CChar.self) } }
            return try (pointers + [nil]).withUnsafeBufferPointer { try body($0.baseAddress!) }
        }
    }

    private static func withStrings<Result>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
        withPointers(strings.map { Array($0.utf8) + [0] }, body)
    }

    private static func line(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) }?.split(whereSeparator: \.isNewline).joined(separator: "; ") ?? "no reason given"
    }
}

/// An error of the server, or of the connection to it.
struct PostgreSQLError: Error, CustomStringConvertible {
    /// SQLSTATE; empty where the server said nothing.
    let code: String
    let text: String
    /// The connection is gone.
    let isBroken: Bool

    /// Another try may succeed: deadlock, serialization failure, the number of an event that another took, a server that stops or starts.
    var isPassing: Bool { isBroken || ["40001", "40P01", "23505", "57P01", "57P02", "57P03"].contains(code) }

    var description: String { "PostgreSQL: \(text)" + (code.isEmpty ? "" : " (\(code))") }
}
