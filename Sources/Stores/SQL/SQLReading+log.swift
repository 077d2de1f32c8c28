internal import XMLSignature

extension SQLReading {
    func unsealed(limit: Int) throws -> [UnsealedRecord] {
        // A row that somebody spoiled is none; its record then stands under no seal.
        try connection.run(SQLReading.unsealed, [.integer(Int64(limit))]).compactMap { row in
            try? UnsealedRecord(position: row.integer(0), key: LogKey(Array(row.dropFirst())))
        }
    }

    func sealingState() throws -> SealingState {
        let last = try connection.run(SQLReading.lastSeal, []).first
        let counts = try connection.run(SQLReading.unsealedCounts, []).first ?? []
        return SealingState(
            seals: try last?.integer(0) ?? 0, sealedAt: try last?.text(1), unsealed: Int(try counts.integer(0)),
            unstamped: Int(try counts.integer(1)))
    }

    func seals(after number: Int64, limit: Int) throws -> [StoredSeal] {
        try connection.run(SQLReading.seals, [.integer(number), .integer(Int64(limit))]).map(StoredSeal.init)
    }

    func unstamped(limit: Int) throws -> [StoredSeal] {
        try connection.run(SQLReading.unstamped, [.integer(Int64(limit))]).map(StoredSeal.init)
    }

    func firstSeal(from moment: String) throws -> Int64? {
        try connection.run(SQLReading.firstSeal, [.text(moment)]).first?.integer(0)
    }

    func logged(messages: [Int64]) throws -> [Int64: LoggedMessage] {
        var events: [Int64: [NumberedEvent]] = [:]
        for row in try connection.run(SQLReading.eventsAt, at: messages) {
            guard let state = try? TransportState(stored: row.text(3)) else { continue }
            let event = MessageEvent(at: try row.text(2), state: state, detail: row[4].text, written: row[5].text)
            events[try row.integer(0), default: []].append(NumberedEvent(number: try row.integer(1), event: event))
        }
        let rows = try connection.run(SQLReading.loggedAt, at: messages)
        return try Dictionary(
            rows.compactMap { row in
                // What this program cannot have written is as good as removed.
                guard let message = try? StoredMessage(row) else { return nil }
                let logged = LoggedMessage(
                    message: message, claims: try row.integer(16) == 1, numberKey: row[17].text, isToBeDone: try row.integer(18) == 1,
                    events: events[message.sequence] ?? [])
                return (message.sequence, logged)
            }, uniquingKeysWith: { one, _ in one })
    }

    func logged(certificates: [Int64]) throws -> [Int64: LoggedCertificate] {
        var facts: [Int64: [ArchivedFact]] = [:]
        for row in try connection.run(SQLReading.factsAt, at: certificates) {
            facts[try row.integer(0), default: []].append(ArchivedFact(message: try row.integer(1), fact: try row.text(2)))
        }
        let rows = try connection.run(SQLReading.certificatesAt, at: certificates)
        return try Dictionary(
            rows.compactMap { row in
                guard let certificate = try? CertificateRecord(row) else { return nil }
                return (
                    certificate.sequence,
                    LoggedCertificate(certificate: certificate, numberKey: try row.text(9), facts: facts[certificate.sequence] ?? [])
                )
            }, uniquingKeysWith: { one, _ in one })
    }

    func contents(of messages: [Int64]) throws -> [Int64: [ContentKind: [UInt8]]] {
        let rows = try connection.run(SQLReading.contentsAt, at: messages)
        return try Dictionary(
            rows.map { row in
                let kinds = zip(ContentKind.allCases, row.dropFirst()).compactMap { kind, value in value.bytes.map { (kind, $0) } }
                return (try row.integer(0), Dictionary(uniqueKeysWithValues: kinds))
            }, uniquingKeysWith: { one, other in one.merging(other) { one, _ in one } })
    }

    func contentDigests(of messages: [Int64]) throws -> [Int64: [ContentKind: Digest]] {
        let rows = try SQLReading.contentsAt.run(connection, messages) { try $0.digests($1, $2) }
        return try Dictionary(
            rows.map { row in
                let kinds = zip(ContentKind.allCases, row.dropFirst()).compactMap { kind, value in
                    value.bytes.map { (kind, Digest(value: $0)) }
                }
                return (try row.integer(0), Dictionary(uniqueKeysWithValues: kinds))
            }, uniquingKeysWith: { one, other in one.merging(other) { one, _ in one } })
    }

    func name(of kind: LogKind, at position: Int64) throws -> String? {
        switch kind {
        case .event: try connection.run(SQLReading.messageID, [.integer(position)]).first?[0].text
        case .fact: try connection.run(SQLReading.certificateNumber, [.integer(position)]).first?[0].text
        case .refusal, .change: nil
        }
    }

    func refusals(at positions: [Int64]) throws -> [StoredRefusal] {
        try connection.run(SQLReading.refusalsAt, at: positions).map {
            StoredRefusal(
                sequence: try $0.integer(0),
                note: RefusalNote(
                    at: try $0.text(1), code: try $0.text(2), correlationID: try $0.text(3), peer: try $0.text(4), digest: try $0.text(5)))
        }
    }

    func changes(at positions: [Int64]) throws -> [StoredChange] {
        try connection.run(SQLReading.changesAt, at: positions).map(StoredChange.init)
    }

    func changes(before position: Int64?, limit: Int) throws -> [StoredChange] {
        try connection.run(SQLReading.changesBefore, [.integer(position ?? .max), .integer(Int64(limit))]).map(StoredChange.init)
    }

    func changes(_ action: String) throws -> [StoredChange] {
        try connection.run(SQLReading.changesOf, [.text(action)]).map(StoredChange.init)
    }

    func recordCounts(_ kind: LogKind) throws -> [Int64: Int] {
        let rows = try connection.run(SQLReading.counts(kind), [])
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.integer(0), Int(try $0.integer(1))) })
    }

    func recordKeys(_ kind: LogKind, block: Int64) throws -> [LogKey] {
        let first = block * LogKey.block
        return try connection.run(SQLReading.keys(kind), [.integer(first), .integer(first + (LogKey.block - 1))]).map {
            LogKey(kind, try $0.integer(0), try $0.integer(1))
        }
    }

    func strays(limit: Int) throws -> [String] {
        try SQLReading.strays.flatMap { text, statement in
            try connection.run(statement, [.integer(Int64(limit))]).map { "\(text) \($0[0].text ?? $0[0].integer.map(String.init) ?? "")" }
        }
    }

    func tallies(from hour: String, to end: String) throws -> [Tally] {
        try connection.run(SQLReading.tallies, [.text(hour), .text(end)]).map {
            Tally(
                Tally.Subject(
                    hour: try $0.text(0), direction: try Direction(stored: $0.text(1)), partner: try $0.text(2), operation: try $0.text(3),
                    outcome: try $0.text(4)), count: Int(try $0.integer(5)))
        }
    }

    private static let unsealed = SQLStatement(
        "SELECT position, kind, subject, number FROM unsealed ORDER BY position LIMIT $1", name: "unsealed")
    private static let lastSeal = SQLStatement("SELECT number, at FROM seal ORDER BY number DESC LIMIT 1", name: "last_seal")
    private static let unsealedCounts = SQLStatement(
        """
        SELECT (SELECT COUNT(*) FROM unsealed),
          (SELECT COUNT(*) FROM seal WHERE to_be_stamped = 1 AND stamp IS NULL)
        """, name: "unsealed_counts")
    private static let seals = SQLStatement(
        "SELECT \(StoredSeal.columns) FROM seal WHERE number > $1 ORDER BY number LIMIT $2", name: "seals")
    private static let unstamped = SQLStatement(
        """
        SELECT \(StoredSeal.columns) FROM seal WHERE to_be_stamped = 1 AND stamp IS NULL ORDER BY number LIMIT $1
        """, name: "unstamped_seals")
    private static let firstSeal = SQLStatement(
        "SELECT number FROM seal WHERE at >= $1 ORDER BY at, number LIMIT 1", name: "first_seal")
    private static let eventsAt = SQLPage(
        "SELECT message, number, at, state, detail, written FROM event WHERE message IN", "ORDER BY message, number", name: "events_at")
    private static let loggedAt = SQLPage(
        """
        SELECT \(StoredMessage.columns), message.claims, message.number_key,
          CASE WHEN EXISTS (SELECT 1 FROM work WHERE work.message = message.sequence) THEN 1 ELSE 0 END
        FROM message WHERE sequence IN
        """, name: "logged_at")
    private static let contentsAt: SQLPage = {
        let columns = ContentKind.allCases.map { "content." + $0.column }.joined(separator: ", ")
        let head = "SELECT content.message, \(columns) FROM content JOIN message ON message.sequence = content.message"
        // In the part of the table where the gateway looks for them.
        return SQLPage(
            "\(head) AND message.month = content.month WHERE content.message IN", sqlite: head + " WHERE content.message IN",
            name: "contents_at")
    }()
    private static let factsAt = SQLPage(
        "SELECT certificate, message, fact FROM fact WHERE certificate IN", "ORDER BY certificate, message", name: "facts_at")
    private static let certificatesAt = SQLPage(
        "SELECT \(CertificateRecord.columns), number_key FROM certificate WHERE sequence IN", name: "certificates_at")
    private static let messageID = SQLStatement("SELECT id FROM message WHERE sequence = $1", name: "message_id_at")
    private static let certificateNumber = SQLStatement("SELECT number FROM certificate WHERE sequence = $1", name: "number_at")
    private static let refusalsAt = SQLPage(
        "SELECT sequence, at, code, correlation_id, peer, digest FROM refusal WHERE sequence IN", "ORDER BY sequence", name: "refusals_at")
    private static let changesAt = SQLPage(
        "SELECT sequence, at, actor, action, detail FROM change WHERE sequence IN", "ORDER BY sequence", name: "changes_at")
    private static let changesBefore = SQLStatement(
        "SELECT sequence, at, actor, action, detail FROM change WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2", name: "changes_before"
    )
    private static let changesOf = SQLStatement(
        "SELECT sequence, at, actor, action, detail FROM change WHERE action = $1 ORDER BY sequence", name: "changes_of")
    private static let tallies = SQLStatement(
        "SELECT hour, direction, partner, operation, outcome, count FROM tally WHERE hour >= $1 AND hour < $2 ORDER BY hour",
        name: "tallies")

    private static func columns(_ kind: LogKind) -> (table: String, subject: String, number: String) {
        switch kind {
        case .event: ("event", "message", "number")
        case .fact: ("fact", "certificate", "message")
        case .refusal: ("refusal", "sequence", "0")
        case .change: ("change", "sequence", "0")
        }
    }

    private static func counts(_ kind: LogKind) -> SQLStatement {
        let (table, subject, _) = columns(kind)
        return SQLStatement("SELECT \(subject) / \(LogKey.block), COUNT(*) FROM \(table) GROUP BY \(subject) / \(LogKey.block)")
    }

    private static func keys(_ kind: LogKind) -> SQLStatement {
        let (table, subject, number) = columns(kind)
        return SQLStatement("SELECT \(subject), \(number) FROM \(table) WHERE \(subject) BETWEEN $1 AND $2 ORDER BY 1, 2")
    }

    /// Positions count from one; the walk through the log sees no others.
    private static let strays: [(String, SQLStatement)] =
        [
            ("message", "sequence"), ("event", "message"), ("event", "number"), ("fact", "certificate"), ("fact", "message"),
            ("certificate", "sequence"), ("refusal", "sequence"), ("change", "sequence"), ("seal", "number"),
        ].map { table, column in
            ("a row of \(table) at the position", SQLStatement("SELECT \(column) FROM \(table) WHERE \(column) < 1 LIMIT $1"))
        } + unexplained

    private static let unexplained: [(String, SQLStatement)] = [
        (
            "a message without a record:",
            SQLStatement(
                """
                SELECT id FROM message WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.message = message.sequence AND event.number = 1)
                LIMIT $1
                """)
        ),
        (
            "bytes without a message, at position",
            SQLStatement(
                """
                SELECT message FROM content WHERE NOT EXISTS (
                  SELECT 1 FROM message WHERE message.sequence = content.message AND message.month = content.month) LIMIT $1
                """,
                sqlite:
                    "SELECT message FROM content WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.sequence = content.message) LIMIT $1"
            )
        ),
        (
            "work without a message, at position",
            SQLStatement("SELECT message FROM work WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.sequence = work.message) LIMIT $1")
        ),
        (
            "a certificate without a record:",
            SQLStatement(
                """
                SELECT number FROM certificate WHERE (state <> 'none' OR treatment NOT IN ('NONE', 'none'))
                  AND NOT EXISTS (SELECT 1 FROM fact WHERE fact.certificate = certificate.sequence) LIMIT $1
                """)
        ),
    ]
}

/// A statement that looks up many positions at once, page by page.
struct SQLPage {
    private let statement: SQLStatement
    private static let size = 64

    init(_ head: String, sqlite: String? = nil, _ tail: String = "", name: String) {
        let places = (1...SQLPage.size).map { "$\($0)" }.joined(separator: ", ")
        statement = SQLStatement("\(head) (\(places)) \(tail)", sqlite: sqlite.map { "\($0) (\(places)) \(tail)" }, name: name)
    }

    fileprivate func run(
        _ connection: any SQLConnection, _ positions: [Int64],
        _ body: (any SQLConnection, SQLStatement, [SQLValue]) throws -> [[SQLValue]] = { try $0.run($1, $2) }
    ) throws -> [[SQLValue]] {
        try stride(from: 0, to: positions.count, by: SQLPage.size).flatMap { start in
            let some = positions[start..<min(start + SQLPage.size, positions.count)]
            // The last position fills up what is left of the page.
            let padding = repeatElement(some.last ?? 0, count: SQLPage.size - some.count)
            return try body(connection, statement, (some + padding).map { .integer($0) })
        }
    }
}

extension SQLConnection {
    fileprivate func run(_ page: SQLPage, at positions: [Int64]) throws -> [[SQLValue]] { try page.run(self, positions) }
}

extension LogKey {
    fileprivate init(_ row: [SQLValue]) throws {
        guard let kind = LogKind(rawValue: try row.integer(0)) else { throw StoreError("a kind of record is not known to this version") }
        self.init(kind, try row.integer(1), try row.integer(2))
    }
}

extension StoredSeal {
    static let columns = "number, at, statement, leaves, to_be_stamped, signature, stamp"

    fileprivate init(_ row: [SQLValue]) throws {
        self.init(
            number: try row.integer(0), at: try row.text(1), statement: row[2].bytes ?? [], leaves: row[3].bytes ?? [],
            isToBeStamped: try row.integer(4) == 1, signature: row[5].bytes, stamp: row[6].bytes)
    }
}

extension StoredChange {
    fileprivate init(_ row: [SQLValue]) throws {
        self.init(
            sequence: try row.integer(0),
            note: ChangeNote(at: try row.text(1), actor: try row.text(2), action: try row.text(3), detail: try row.text(4)))
    }
}
