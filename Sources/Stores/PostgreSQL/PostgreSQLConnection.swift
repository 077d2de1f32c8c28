internal import CPostgreSQL
internal import Foundation

/// One connection through libpq, with its prepared statements. Calls block their thread.
final class PostgreSQLConnection: SQLConnection {
    let dialect = SQLDialect.postgresql
    let handle: OpaquePointer
    private var prepared: Set<String> = []
    /// It did not answer in time: what it may yet say is the answer to nothing.
    private var isGivenUp = false
    private var isPatient = false
    /// What was sent in a transaction and is not yet answered (libpq's pipeline mode).
    private var pending: [Sent] = []
    private var isInPipeline = false

    private enum Sent {
        case preparation(String)
        case statement
    }

    /// Seconds until there must be a connection.
    private static let connectPatience = "5"
    /// Until a statement must be answered. The server itself gives up a little before; this is for one that hangs.
    private static let patience = Duration.seconds(15)
    /// For what goes through whole tables.
    private static let longPatience = Duration.seconds(3600)

    /// - Parameter url: as libpq reads it (`postgresql://host/database?…`, or `key=value …`).
    /// - Throws: `StoreError` where there is no server, or no way in.
    init(url: String) throws {
        // Given first, so that the URL may say otherwise.
        let settings = [
            ("connect_timeout", PostgreSQLConnection.connectPatience), ("application_name", "coconect-soap"),
            // A server that is gone without a word is noticed within seconds.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
            ("dbname", url), ("client_encoding", "UTF8"),
        ]
        try PostgreSQLConnection.check(url: url)
        handle = PostgreSQLValues.withStrings(settings.map(\.0)) { names in
            PostgreSQLValues.withStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            throw StoreError("PostgreSQL cannot be reached: \(PostgreSQLConnection.line(PQerrorMessage(handle)))")
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        // What is to be sent waits for a server that hangs in `poll`, not in a write.
        guard PQsetnonblocking(handle, 1) == 0 else { throw failure(nil) }
        try script(
            """
            SET statement_timeout = '12s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s';
            SET synchronous_commit = on
            """)
    }

    /// For what goes through whole tables: a migration, an archive.
    func allowLongStatements() throws {
        try script("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        isPatient = true
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

    var isBroken: Bool { isGivenUp || PQstatus(handle) != CONNECTION_OK }

    func run(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        let result = try execute(statement, arguments)
        defer { PQclear(result) }
        let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        return (0..<PQntuples(result)).map { row in
            types.enumerated().map { column, type in PostgreSQLValues.value(result, row, Int32(column), type) }
        }
    }

    func change(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int {
        let result = try execute(statement, arguments)
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// In a transaction its answer is not waited for; where it fails, the next statement that is waited for says so.
    func send(_ statement: SQLStatement, _ arguments: [SQLValue]) throws {
        guard isInPipeline else { return PQclear(try execute(statement, arguments)) }
        try queue(statement, arguments)
    }

    func insert(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int64? {
        try run(statement, arguments).first?[0].integer
    }

    /// Several statements at once, without parameters.
    func script(_ text: String) throws {
        PQclear(try answer(PQsendQuery(handle, text)))
    }

    /// One transaction, its statements sent one behind the other (libpq, section *Pipeline Mode*).
    func transaction(_ begin: SQLStatement, _ body: () throws -> Void) throws {
        guard PQenterPipelineMode(handle) == 1 else { throw failure(nil) }
        isInPipeline = true
        do {
            try queue(begin, [])
            try body()
            try queue(PostgreSQLConnection.commit, [])
            PQclear(try answers(isLast: true))
        } catch {
            isInPipeline = false
            giveUpUnless {
                try endPipeline()
                try script("ROLLBACK")
            }
            throw error
        }
        isInPipeline = false
        // It is committed, whatever becomes of the connection.
        giveUpUnless { try exitPipeline() }
    }

    /// A connection in a state that is not known is of no use to the next transaction.
    private func giveUpUnless(_ body: () throws -> Void) {
        guard !isBroken else { return }
        do { try body() } catch { isGivenUp = true }
    }

    private func exitPipeline() throws {
        guard PQexitPipelineMode(handle) == 1 else { throw failure(nil) }
    }

    private static let commit = SQLStatement("COMMIT", name: "commit")

    /// Values go and come in binary: numbers as eight bytes, texts and bytes as they are.
    private func queue(_ statement: SQLStatement, _ arguments: [SQLValue]) throws {
        if let name = statement.name, prepared.insert(name).inserted {
            guard PQsendPrepare(handle, name, statement.text, 0, nil) == 1 else { throw failure(nil) }
            pending.append(.preparation(name))
        }
        let texts = arguments.map(PostgreSQLValues.bytes)
        let lengths = texts.map { Int32($0?.count ?? 0) }
        let formats = arguments.map { if case .bytes = $0 { Int32(1) } else { Int32(0) } }
        let isSent = PostgreSQLValues.withPointers(texts) { values in
            if let name = statement.name {
                return PQsendQueryPrepared(handle, name, Int32(arguments.count), values, lengths, formats, 1)
            }
            return PQsendQueryParams(handle, statement.text, Int32(arguments.count), nil, values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw failure(nil) }
        pending.append(.statement)
    }

    private func execute(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> OpaquePointer? {
        if isInPipeline {
            try queue(statement, arguments)
            return try answers(isLast: false)
        }
        guard PQenterPipelineMode(handle) == 1 else { throw failure(nil) }
        do {
            try queue(statement, arguments)
            let result = try answers(isLast: true)
            giveUpUnless { try exitPipeline() }
            return result
        } catch {
            giveUpUnless { try endPipeline() }
            throw error
        }
    }

    /// Waits for the answers to all that was sent; gives the last.
    ///
    /// - Parameter isLast: nothing follows in this pipeline.
    private func answers(isLast: Bool) throws -> OpaquePointer? {
        let end = deadline
        guard (isLast ? PQpipelineSync(handle) : PQsendFlushRequest(handle)) == 1 else { throw failure(nil) }
        try flush(until: end)
        var (last, failed) = (OpaquePointer?.none, PostgreSQLError?.none)
        for sent in pending {
            let result = try next(until: end)
            let isGood = [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result))
            if !isGood {
                failed = failed ?? failure(result)
                if case .preparation(let name) = sent { prepared.remove(name) }
            }
            PQclear(last)
            last = result
            // Between two answers.
            PQclear(try next(until: end))
        }
        pending = []
        if isLast { PQclear(try next(until: end)) }
        guard let failed else { return last }
        PQclear(last)
        throw failed
    }

    /// After a failure: what is left of the answers is passed over.
    private func endPipeline() throws {
        defer { pending = [] }
        if !pending.isEmpty { PQclear(try? answers(isLast: false)) }
        let end = deadline
        guard PQpipelineSync(handle) == 1 else { throw failure(nil) }
        try flush(until: end)
        while true {
            let result = try next(until: end)
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { break }
        }
        try exitPipeline()
    }

    private var deadline: ContinuousClock.Instant {
        .now + (isPatient ? PostgreSQLConnection.longPatience : PostgreSQLConnection.patience)
    }

    private func flush(until end: ContinuousClock.Instant) throws {
        while PQflush(handle) == 1 { try wait(for: POLLIN | POLLOUT, until: end) }
    }

    private func next(until end: ContinuousClock.Instant) throws -> OpaquePointer? {
        while PQisBusy(handle) == 1 { try wait(for: POLLIN, until: end) }
        return PQgetResult(handle)
    }

    /// Waits for all that the server says to what was sent outside of a pipeline.
    private func answer(_ isSent: Int32) throws -> OpaquePointer? {
        guard isSent == 1 else { throw failure(nil) }
        let end = deadline
        try flush(until: end)
        var last: OpaquePointer?
        while let result = try next(until: end) {
            PQclear(last)
            last = result
        }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(last)) else {
            defer { PQclear(last) }
            throw failure(last)
        }
        return last
    }

    /// Until the connection can be read from or written to; what came is taken.
    private func wait(for events: Int32, until end: ContinuousClock.Instant) throws {
        let left = (end - ContinuousClock.now) / .milliseconds(1)
        var poller = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
        guard left > 0, poll(&poller, 1, Int32(min(left.rounded(.up), 60_000))) >= 0 || errno == EINTR else {
            isGivenUp = true
            throw PostgreSQLError(code: "", text: "the server does not answer", isBroken: true)
        }
        if poller.revents & Int16(POLLIN) != 0 || poller.revents & Int16(POLLERR | POLLHUP) != 0 {
            guard PQconsumeInput(handle) == 1 else { throw failure(nil) }
        }
    }

    private func failure(_ result: OpaquePointer?) -> PostgreSQLError {
        let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let text = result == nil ? PQerrorMessage(handle) : PQresultErrorMessage(result)
        return PostgreSQLError(code: code, text: PostgreSQLConnection.line(text), isBroken: isBroken)
    }

    private static func line(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) }?.split(whereSeparator: \.isNewline).joined(separator: "; ") ?? "no reason given"
    }
}
