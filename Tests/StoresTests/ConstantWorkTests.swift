import Foundation
import GRDB
import GRDBSQLite
import Support
import Testing

@testable import Stores

/// What is done for each message costs the same with a hundred thousand stored as with a thousand: counted in steps of SQLite's machine,
/// and read from both databases' plans.
struct ConstantWorkTests {
    private static let work: [(name: String, body: @Sendable (SQLTransaction) throws -> Void)] = {
        var work: [(String, @Sendable (SQLTransaction) throws -> Void)] = [
            ("an inbound message", { try receive("new", $0) }),
            ("one about a certificate that is known", { try receiveMore("more", $0) }),
            ("a repeated message", { _ = try $0.holder(.inbound, partner: "korea", messageID: "m500") }),
            (
                "taking work",
                { transaction in
                    let lease = Lease(owner: "a", until: "2026-12-01T00:00:00.000Z")
                    let taken = try transaction.takeWork(
                        .inbound, now: "2026-11-30T00:00:00.000Z", lease: lease, limit: 16, except: [])
                    #expect(!taken.isEmpty)
                }
            ),
            (
                "the end of a delivery",
                { transaction in
                    try transaction.update(500, MessageChange(.delivered, attempts: .oneMore), at: "2026-11-30T00:00:00.000Z")
                    try transaction.endWork(500)
                }
            ),
            ("what is held too long", { _ = try $0.overdue(now: "2026-11-30T00:00:00.000Z", limit: 100) }),
            ("the depth of the queues", { _ = try $0.workDepth() }),
            (
                "one message with its events and bytes",
                { transaction in
                    _ = try transaction.message(id: "id500")
                    _ = try transaction.events(of: "id500")
                    try #expect(transaction.content(.request, of: "id500") != nil)
                }
            ),
            ("a certificate by its number", { try #expect(!$0.certificates(number: "CO-500").isEmpty) }),
        ]
        for (name, query) in pages { work.append(("a page of messages, \(name)", { try #expect(!$0.messages(query).isEmpty) })) }
        return work
    }()

    private static let pages: [(String, MessageQuery)] = {
        func page(_ change: (inout MessageQuery) -> Void) -> MessageQuery {
            var query = MessageQuery()
            change(&query)
            return query
        }
        return [
            ("the newest", page { _ in }), ("of a partner", page { $0.partner = "korea" }), ("that wait", page { $0.state = .accepted }),
            ("that are parked", page { $0.state = .parked }), ("of a certificate", page { $0.certificateNumber = "co-500" }),
            ("of a message id", page { $0.messageID = "m500" }), ("before another", page { $0.before = 600 }),
            ("of a partner before another", page { ($0.partner, $0.before) = ("korea", 600) }),
            ("of a time", page { ($0.from, $0.to) = (time(400), time(700)) }),
            ("of a time before another", page { ($0.from, $0.to, $0.before) = (time(400), time(700), 600) }),
            ("until a time", page { $0.to = time(700) }),
            ("of a partner in a time", page { ($0.partner, $0.from, $0.to) = ("korea", time(400), time(700)) }),
            ("of an operation that is rare", page { $0.operation = "send-feedback" }),
            ("of an operation in a time", page { ($0.operation, $0.from, $0.to) = ("send-co", time(400), time(700)) }),
            ("of a direction that is rare", page { $0.direction = .outbound }),
            ("in a state that is rare", page { $0.state = .acknowledged }),
            (
                "that wait, of a partner in a time",
                page { ($0.state, $0.partner, $0.from, $0.to) = (.accepted, "korea", time(400), time(700)) }
            ),
            ("that are parked, of an operation", page { ($0.state, $0.operation, $0.from) = (.parked, "send-co", time(1)) }),
            ("of a certificate and a partner", page { ($0.certificateNumber, $0.partner, $0.direction) = ("co-501", "korea", .inbound) }),
            ("of a certificate before another", page { ($0.certificateNumber, $0.from, $0.before) = ("co-501", time(1), 600) }),
            ("of a message id and a partner", page { ($0.messageID, $0.partner, $0.operation) = ("m501", "korea", "send-co") }),
        ]
    }()

    /// When the message at a position was received.
    private static func time(_ position: Int) -> String { "2026-11-22T\(String(1_000_000 + position).dropFirst())" }

    /// What `Gateway.record` writes of a certificate that nobody has heard of.
    private static func receive(_ id: String, _ transaction: SQLTransaction) throws {
        let message = NewMessage.sample(id, messageID: "m-" + id, number: "CO-" + id, receivedAt: "2026-11-30T00:00:00.000Z")
        guard case .added(let sequence) = try transaction.insert(message) else { throw StoreError("not added") }
        var opened = CertificateRecord(of: message.key, at: message.receivedAt)
        opened.state = "issued"
        guard let lane = try transaction.insert(opened) else { throw StoreError("\(message.key.number) is known") }
        try transaction.addFact("{}", of: lane, by: sequence)
        try transaction.queue(NewWork(message: sequence, direction: .inbound, lane: lane, due: message.receivedAt))
    }

    /// The most that it does with one that is known.
    private static func receiveMore(_ id: String, _ transaction: SQLTransaction) throws {
        let message = NewMessage.sample(id, messageID: "m-" + id, number: "CO-501", receivedAt: "2026-11-30T00:00:00.000Z")
        guard case .added(let sequence) = try transaction.insert(message) else { throw StoreError("not added") }
        try #expect(transaction.insert(CertificateRecord(of: message.key, at: message.receivedAt)) == nil)
        var certificate = try transaction.lockCertificate(message.key, at: message.receivedAt)
        try #expect(!transaction.facts(of: certificate.sequence).isEmpty)
        try transaction.addFact("{}", of: certificate.sequence, by: sequence)
        certificate.state = "replacement-notified"
        try transaction.update(certificate)
        try #expect(transaction.awaiting(.inbound, lane: certificate.sequence).isEmpty)
        try transaction.queue(NewWork(message: sequence, direction: .inbound, lane: certificate.sequence, due: message.receivedAt))
    }

    /// Each tenth message of another partner, ten parked, twenty due, ten feedbacks, ten sent.
    private static func fill(_ numbers: String) -> [String] {
        [
            """
            INSERT INTO message (id, direction, partner, operation, message_id, content_digest, certificate_number, number_key, claims,
              state, correlation_id, received_at, updated_at, signer)
            SELECT 'id' || n, CASE WHEN n BETWEEN 310 AND 319 THEN 'outbound' ELSE 'inbound' END,
              CASE WHEN n % 10 = 0 THEN 'uruguay' ELSE 'korea' END,
              CASE WHEN n BETWEEN 300 AND 309 THEN 'send-feedback' ELSE 'send-co' END, 'm' || n, 'd', 'CO-' || n,
              'C0-' || n, 1, CASE WHEN n < 10 THEN 'parked' WHEN n BETWEEN 491 AND 510 THEN 'accepted'
                WHEN n BETWEEN 310 AND 319 THEN 'acknowledged' ELSE 'delivered' END, 'c',
              '2026-11-22T' || substr(CAST(1000000 + n AS TEXT), 2), '2026-11-22T10:00:00.000Z', 'f' FROM \(numbers)
            """,
            "INSERT INTO event (message, number, at, state) SELECT sequence, 1, 't', 'accepted' FROM message",
            """
            INSERT INTO certificate (partner, side, number, number_key, state, treatment, updated_at)
            SELECT partner, 'inbound', certificate_number, number_key, 'issued', 'NONE', 't' FROM message ORDER BY sequence
            """,
            "INSERT INTO fact (certificate, message, fact) SELECT sequence, sequence, '{}' FROM certificate",
            """
            INSERT INTO work (message, direction, lane, place, due_at, awaiting, partner)
            SELECT sequence, 'inbound', sequence, sequence, '2026-11-22T10:00:00.000Z', 0, partner FROM message WHERE state = 'accepted'
            """,
        ]
    }

    @Test func `SQLite takes no more steps, and searches by indexes`() throws {
        let few = try steps(with: 1_000)
        let many = try steps(with: 100_000)
        for (name, _) in Self.work {
            let (before, after) = (try #require(few.steps[name]), try #require(many.steps[name]))
            #expect(after <= before + before / 20 + 20, "\(name): \(before) steps among 1,000 messages, \(after) among 100,000")
        }
        // Newest first is the order of an index, and what waits is few.
        for line in many.plans where line.contains("SCAN") {
            let isInOrder = line.hasSuffix("SCAN message USING INDEX message_time") || line.hasSuffix("SCAN message")
            let isMade = ["chosen", "every", "one", "CONSTANT ROW"].contains { line.hasSuffix("SCAN " + $0) }
            #expect(isInOrder || isMade || line.contains("SCAN work"), "\(line)")
        }
        #expect(many.plans.count > 20)
    }

    private func steps(with count: Int) throws -> (steps: [String: Int], plans: Set<String>) {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("store.sqlite").path
        _ = try SQLiteStore(path: path)
        var steps: [String: Int] = [:]
        var plans: Set<String> = []
        try DatabaseQueue(path: path).writeWithoutTransaction { database in
            let numbers =
                "(WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < \(count)) SELECT n FROM count)"
            for statement in Self.fill(numbers) + ["INSERT INTO content (message, request) SELECT sequence, x'00' FROM message"] {
                try database.execute(sql: statement)
            }
            for (name, body) in Self.work {
                let connection = CountingConnection(database, name)
                try body(SQLTransaction(connection))
                steps[name] = connection.steps
                plans.formUnion(connection.plans)
            }
        }
        return (steps, plans)
    }

    /// A partner who is slow has many messages waiting, and a JSON gateway that pulls too.
    @Test func `what waits for one partner costs nothing where it is left alone`() throws {
        var steps: [Int: [Int]] = [:]
        for count in [1_000, 20_000] {
            let folder = try TemporaryFolder()
            let path = folder.url.appendingPathComponent("store.sqlite").path
            _ = try SQLiteStore(path: path)
            try DatabaseQueue(path: path).writeWithoutTransaction { database in
                let numbers =
                    "(WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < \(count)) SELECT n FROM count)"
                for statement in Self.fill(numbers) + Self.backlog { try database.execute(sql: statement) }
                let lease = Lease(owner: "a", until: "2026-12-01T00:00:00.000Z")
                let now = "2026-11-30T00:00:00.000Z"
                let taking = CountingConnection(database, "taking")
                let taken = try SQLTransaction(taking).takeWork(.outbound, now: now, lease: lease, limit: 16, except: ["uruguay"])
                #expect(Set(taken.map(\.partner)) == ["korea"] && taken.count == 9)
                let none = CountingConnection(database, "finding nothing")
                #expect(try SQLTransaction(none).takeWork(.outbound, now: now, lease: lease, limit: 16, except: ["uruguay"]).isEmpty)
                let overdue = CountingConnection(database, "overdue")
                #expect(try SQLTransaction(overdue).overdue(now: now, limit: 100).isEmpty)
                steps[count] = [taking, none, overdue].map(\.steps)
            }
        }
        for (few, many) in zip(try #require(steps[1_000]), try #require(steps[20_000])) {
            #expect(many <= few + few / 20 + 20, "\(few) steps beside 100 messages that wait, \(many) beside 2,000")
        }
    }

    /// Each tenth message waits to be sent to Uruguay, and nine to Korea; each fifth, delivered, waits to be pulled.
    private static let backlog = [
        """
        INSERT INTO work (message, direction, lane, place, due_at, awaiting, partner)
        SELECT sequence, 'outbound', sequence, sequence, '2026-11-22T10:00:00.000Z', 0, partner FROM message
        WHERE state = 'delivered' AND partner = 'uruguay' OR state = 'acknowledged'
        """,
        """
        INSERT INTO work (message, direction, lane, place, due_at, awaiting, partner)
        SELECT sequence, 'inbound', sequence, sequence, '2026-11-22T10:00:00.000Z', 0, partner FROM message
        WHERE state = 'delivered' AND partner = 'korea' AND sequence % 5 = 1
        """,
    ]

    @Test func `PostgreSQL reads no table from end to end`() throws {
        let url = try PostgreSQLServer.shared.get().database()
        _ = try PostgreSQLStore(url: url)
        let connection = ExplainingConnection(try PostgreSQLConnection(url: url))
        let numbers = "generate_series(1, 20000) AS n"
        let content = "INSERT INTO content (message, month, request) SELECT sequence, month, '\\x00' FROM message"
        for statement in Self.fill(numbers) + [content, "ANALYZE"] { try connection.inner.script(statement) }
        for (_, body) in Self.work { try body(SQLTransaction(connection)) }
        #expect(connection.plans.count > 20)
        for (statement, plan) in connection.plans {
            // Months that are still to come are empty, which costs nothing to read.
            for line in plan.split(separator: "\n") where line.contains("Seq Scan on ") && !line.contains("cost=0.00..0.00") {
                #expect(line.contains("Seq Scan on work"), "\(statement)\n\(plan)")
            }
        }
    }
}

/// Counts what SQLite's machine does, and keeps how it goes about each statement.
private final class CountingConnection: SQLConnection {
    private let database: Database
    private let name: String
    let dialect = SQLDialect.sqlite
    private(set) var steps = 0
    private(set) var plans: Set<String> = []

    init(_ database: Database, _ name: String) {
        self.database = database
        self.name = name
    }

    func run(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        // With a name it is kept, and what it did can be read afterwards.
        let named = SQLStatement(statement.numbered, name: statement.numbered)
        let connection = SQLiteConnection(database)
        let explained = try connection.run(SQLStatement("EXPLAIN QUERY PLAN " + statement.numbered), arguments)
        plans.formUnion(explained.map { "\(name): \($0[3].text ?? "")" })
        let rows = try connection.run(named, arguments)
        let prepared = try database.cachedStatement(sql: named.numbered)
        steps += Int(sqlite3_stmt_status(prepared.sqliteStatement, SQLITE_STMTSTATUS_VM_STEP, 1))
        return rows
    }

    func change(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int {
        _ = try run(statement, arguments)
        return database.changesCount
    }

    func send(_ statement: SQLStatement, _ arguments: [SQLValue]) throws { _ = try run(statement, arguments) }

    func insert(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int64? {
        try change(statement, arguments) > 0 ? database.lastInsertedRowID : nil
    }
}

/// Keeps PostgreSQL's plan of each statement.
private final class ExplainingConnection: SQLConnection {
    let inner: PostgreSQLConnection
    let dialect = SQLDialect.postgresql
    private(set) var plans: [String: String] = [:]

    init(_ inner: PostgreSQLConnection) {
        self.inner = inner
    }

    private func explain(_ statement: SQLStatement, _ arguments: [SQLValue]) throws {
        let rows = try inner.run(SQLStatement("EXPLAIN " + statement.text), arguments)
        plans[statement.text] = rows.compactMap { $0[0].text }.joined(separator: "\n")
    }

    func run(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
        try explain(statement, arguments)
        return try inner.run(statement, arguments)
    }

    func change(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int {
        try explain(statement, arguments)
        return try inner.change(statement, arguments)
    }

    func send(_ statement: SQLStatement, _ arguments: [SQLValue]) throws { _ = try run(statement, arguments) }

    func insert(_ statement: SQLStatement, _ arguments: [SQLValue]) throws -> Int64? {
        try explain(statement, arguments)
        return try inner.insert(statement, arguments)
    }
}
