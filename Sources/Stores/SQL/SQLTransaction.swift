/// Writing, by SQL, inside whatever transaction is under way.
final class SQLTransaction: SQLReading, StoreTransaction {
    func insert(_ message: NewMessage) throws -> Insertion {
        let arguments: [SQLValue] = [
            .text(message.id), .text(message.direction.rawValue), .text(message.partner), .text(message.operation),
            .text(message.messageID),
            .text(message.contentDigest), SQLValue(message.certificateNumber), SQLValue(message.certificateNumber.map(NumberKey.key)),
            .integer(message.state == .refused ? 0 : 1), .text(message.state.rawValue), .text(message.correlationID),
            .text(message.receivedAt), SQLValue(message.signer), SQLValue(message.bodyDigest), SQLValue(message.detail),
        ]
        guard let sequence = try connection.insert(SQLTransaction.insertMessage, arguments) else {
            guard let earlier = try holder(message.direction, partner: message.partner, messageID: message.messageID) else {
                throw StoreError("the local id \(message.id) is taken")
            }
            return earlier.id == message.id ? .repeated : .taken
        }
        try keep(message.contents, of: sequence)
        try connection.send(
            SQLTransaction.firstEvent,
            [
                .integer(sequence), .text(message.receivedAt), .text(message.state.rawValue), SQLValue(message.detail),
                .text(message.written.text),
            ])
        try log(LogKey(.event, sequence, 1))
        return .added(sequence)
    }

    /// What is decided by a message's state holds until the transaction ends: nobody else changes it meanwhile.
    override func message(id: String) throws -> StoredMessage? {
        guard locks else { return try super.message(id: id) }
        return try connection.run(SQLTransaction.lockMessage, [.text(id)]).first.map(StoredMessage.init)
    }

    func update(_ message: Int64, _ change: MessageChange, at now: String) throws {
        let (kept, added): (Int64, Int64) =
            switch change.attempts {
            case .oneMore: (1, 1)
            case .same: (1, 0)
            case .none: (0, 0)
            }
        try connection.send(
            SQLTransaction.updateMessage,
            [
                .integer(message), .text(change.state.rawValue), SQLValue(change.detail), .text(now), .integer(kept), .integer(added),
                SQLValue(change.bodyDigest), SQLValue(change.signer),
            ])
        try keep(change.contents, of: message)
        try note(message, MessageEvent(at: now, state: change.state, detail: change.detail, written: change.written.text))
    }

    /// Keeps bytes beside what is kept already; a kind that is given again replaces the earlier try's.
    func keep(_ contents: [ContentKind: [UInt8]], of message: Int64) throws {
        guard !contents.isEmpty else { return }
        try connection.send(
            SQLTransaction.keepContent,
            [
                .integer(message), SQLValue(contents[.dataset]), SQLValue(contents[.verification]), SQLValue(contents[.response]),
                SQLValue(contents[.request]),
            ])
    }

    func note(_ message: Int64, _ state: TransportState, _ detail: String?, at now: String) throws {
        try note(message, MessageEvent(at: now, state: state, detail: detail))
    }

    private func note(_ message: Int64, _ event: MessageEvent) throws {
        try connection.send(
            SQLTransaction.nextEvent,
            [.integer(message), .text(event.at), .text(event.state.rawValue), SQLValue(event.detail), SQLValue(event.written)])
        try connection.send(SQLTransaction.logLastEvent, [.integer(message)])
    }

    // MARK: Certificates

    func lockCertificate(_ key: CertificateKey, at now: String) throws -> CertificateRecord {
        let new = CertificateRecord(of: key, at: now)
        if locks, let row = try connection.run(SQLTransaction.lockCertificate, values(new)).first { return try CertificateRecord(row) }
        // SQLite has one writer, who has locked everything.
        if !locks, let certificate = try certificate(key) ?? insert(new).map(new.placed) { return certificate }
        throw StoreError("the certificate \(key.number) could be neither found nor made")
    }

    func insert(_ certificate: CertificateRecord) throws -> Int64? {
        try connection.insert(SQLTransaction.insertCertificate, values(certificate))
    }

    private func values(_ certificate: CertificateRecord) -> [SQLValue] {
        let key = certificate.key
        return [
            .text(key.partner), .text(key.side.rawValue), .text(key.number), .text(NumberKey.key(of: key.number)),
            .text(certificate.state), SQLValue(certificate.version), SQLValue(certificate.validUntil), .text(certificate.treatment),
            .text(certificate.updatedAt),
        ]
    }

    func update(_ certificate: CertificateRecord) throws {
        try connection.send(
            SQLTransaction.updateCertificate,
            [
                .integer(certificate.sequence), .text(certificate.state), SQLValue(certificate.version), SQLValue(certificate.validUntil),
                .text(certificate.treatment),
                .text(certificate.updatedAt),
            ])
    }

    func addFact(_ fact: String, of certificate: Int64, by message: Int64) throws {
        let arguments: [SQLValue] = [.integer(certificate), .integer(message), .text(fact)]
        if locks {
            try connection.send(SQLTransaction.addFactAndLog, arguments)
        } else if try connection.change(SQLTransaction.addFact, arguments) > 0 {
            try log(LogKey(.fact, certificate, message))
        }
    }

    // MARK: Work

    func queue(_ work: NewWork) throws {
        try connection.send(
            SQLTransaction.queueWork,
            [
                .integer(work.message), .text(work.direction.rawValue), .integer(work.lane), .integer(work.place), SQLValue(work.due),
                .integer(work.isAwaiting ? 1 : 0),
            ])
        if work.due != nil, work.isTold { try tell(work.direction) }
    }

    func takeWork(
        _ direction: Direction, now: String, lease: Lease, limit: Int, except partners: Set<String>
    ) throws -> [StoredMessage] {
        let arguments: [SQLValue] = [
            .text(direction.rawValue), .text(now), .text(lease.until), .text(lease.owner), .integer(Int64(limit)),
        ]
        let statement = WorkTaking.statement(connection.dialect, excluded: partners.count)
        let taken = try connection.run(statement, arguments + partners.sorted().map { .text($0) }).map { try $0.integer(0) }
        return try messages(at: taken).sorted { $0.sequence < $1.sequence }
    }

    /// A page at a time, so that there are few different statements.
    private func messages(at positions: [Int64]) throws -> [StoredMessage] {
        var messages: [StoredMessage] = []
        var rest = positions[...]
        while !rest.isEmpty {
            let page = rest.prefix(SQLTransaction.page)
            rest = rest.dropFirst(page.count)
            messages += try connection.run(SQLTransaction.atPositions(page.count), page.map { .integer($0) }).map(StoredMessage.init)
        }
        return messages
    }

    func renewLease(_ lease: Lease, of message: Int64) throws {
        try connection.send(SQLTransaction.renewLease, [.text(lease.owner), .text(lease.until), .integer(message)])
    }

    func dropLeases(of owner: String) throws {
        try connection.send(SQLTransaction.dropLeases, [.text(owner)])
    }

    func reschedule(_ message: Int64, due: String?, heldBy owner: String?) throws -> Bool {
        try connection.change(SQLTransaction.reschedule, [.integer(message), SQLValue(due), SQLValue(owner)]) > 0
    }

    /// Those that another transaction is about to change are left for later.
    override func overdue(now: String, limit: Int) throws -> [StoredMessage] {
        guard locks else { return try super.overdue(now: now, limit: limit) }
        return try connection.run(SQLTransaction.overdueSkippingLocked, [.text(now), .integer(Int64(limit))]).map(StoredMessage.init)
    }

    /// SQLite has one writer at a time.
    var locks: Bool { connection.dialect == .postgresql }

    func endWork(_ message: Int64) throws {
        try connection.send(SQLTransaction.endWork, [.integer(message)])
    }

    func lastPlace(_ direction: Direction, lane: Int64) throws -> Int64? {
        try connection.run(SQLTransaction.lastPlace, [.integer(lane), .text(direction.rawValue)]).first?.integer(0)
    }

    func awaiting(_ direction: Direction, lane: Int64) throws -> [Int64] {
        try connection.run(SQLTransaction.awaiting, [.integer(lane), .text(direction.rawValue)]).map { try $0.integer(0) }
    }

    func endWaiting(_ message: Int64, place: Int64, due: String) throws {
        try connection.send(SQLTransaction.endWaiting, [.integer(message), .integer(place), .text(due)])
        try tell(.inbound)
    }

    /// Other replicas hear of it when the transaction is committed.
    private func tell(_ direction: Direction) throws {
        guard connection.dialect == .postgresql else { return }
        try connection.send(SQLTransaction.notify, [.text(direction.rawValue)])
    }

    // MARK: The rest

    func noteRefusal(_ refusal: RefusalNote) throws {
        let arguments = [refusal.at, refusal.code, refusal.correlationID, refusal.peer, refusal.digest].map { SQLValue.text($0) }
        guard let sequence = try connection.insert(SQLTransaction.insertRefusal, arguments) else { return }
        try log(LogKey(.refusal, sequence))
        try connection.send(SQLTransaction.forgetRefusals, [.integer(sequence - RefusalNote.kept)])
    }

    /// A row comes and goes, so that the disk is written to; SQLite would leave out an update that changes nothing.
    func checkWritable() throws {
        for statement in SQLTransaction.writeNothing { try connection.send(statement, []) }
        _ = try connection.run(SQLTransaction.anyMessage, [])
    }

    static let channel = "coconect_work"

    /// - Parameter sql: of which SQLite tells the position by itself.
    static func insertion(_ sql: String, name: String) -> SQLStatement {
        SQLStatement(sql + " RETURNING sequence", sqlite: sql, name: name)
    }
    private static let insertMessage = insertion(
        """
        INSERT INTO message (id, direction, partner, operation, message_id, content_digest, certificate_number, number_key, claims, state,
          correlation_id, received_at, updated_at, signer, body_digest, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15) ON CONFLICT DO NOTHING
        """, name: "insert_message")
    private static let updateMessage = SQLStatement(
        """
        UPDATE message SET state = $2, detail = $3, updated_at = $4, attempts = attempts * $5 + $6,
          body_digest = COALESCE($7, body_digest), signer = COALESCE($8, signer) WHERE sequence = $1
        """, name: "update_message")
    private static let lockMessage = SQLStatement(
        "SELECT \(StoredMessage.columns) FROM message WHERE id = $1 FOR NO KEY UPDATE", name: "lock_message")
    static let bySequence = SQLStatement(
        "SELECT \(StoredMessage.columns) FROM message WHERE sequence = $1", name: "message_by_sequence")
    private static let page = 32
    private static func atPositions(_ count: Int) -> SQLStatement {
        let places = (1...count).map { "$\($0)" }.joined(separator: ", ")
        return SQLStatement(
            "SELECT \(StoredMessage.columns) FROM message WHERE sequence IN (\(places))", name: "messages_at_\(count)")
    }
    private static let keepContent: SQLStatement = {
        let update = """
            DO UPDATE SET dataset = COALESCE(excluded.dataset, content.dataset),
              verification = COALESCE(excluded.verification, content.verification),
              response = COALESCE(excluded.response, content.response), request = COALESCE(excluded.request, content.request)
            """
        return SQLStatement(
            """
            INSERT INTO content (message, month, dataset, verification, response, request)
            SELECT sequence, month, $2, $3, $4, $5 FROM message WHERE sequence = $1 ON CONFLICT (message, month) \(update)
            """,
            sqlite: """
                INSERT INTO content (message, dataset, verification, response, request) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (message) \(update)
                """, name: "keep_content")
    }()
    private static let firstEvent = SQLStatement(
        "INSERT INTO event (message, number, at, state, detail, written) VALUES ($1, 1, $2, $3, $4, $5)", name: "first_event")
    private static let nextEvent = SQLStatement(
        """
        INSERT INTO event (message, number, at, state, detail, written)
        SELECT CAST($1 AS BIGINT), COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM event WHERE message = CAST($1 AS BIGINT)
        """, name: "next_event")

    private static let certificateText = """
        INSERT INTO certificate (partner, side, number, number_key, state, version, valid_until, treatment, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (number_key, number, partner, side)
        """
    private static let insertCertificate = insertion(certificateText + " DO NOTHING", name: "insert_certificate")
    /// The update changes nothing, but locks and gives the row.
    private static let lockCertificate = SQLStatement(
        """
        \(certificateText) DO UPDATE SET updated_at = certificate.updated_at
        RETURNING \(CertificateRecord.columns)
        """, name: "lock_certificate")
    private static let updateCertificate = SQLStatement(
        "UPDATE certificate SET state = $2, version = $3, valid_until = $4, treatment = $5, updated_at = $6 WHERE sequence = $1",
        name: "update_certificate")
    private static let addFact = SQLStatement(
        "INSERT INTO fact (certificate, message, fact) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", name: "add_fact")
    private static let addFactAndLog = SQLStatement(
        """
        WITH added AS (INSERT INTO fact (certificate, message, fact) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING certificate, message)
        INSERT INTO unsealed (kind, subject, number) SELECT 2, certificate, message FROM added
        """, name: "add_fact_and_log")

    private static let queueWork = SQLStatement(
        """
        INSERT INTO work (message, direction, lane, place, due_at, awaiting, partner)
        VALUES ($1, $2, $3, $4, $5, $6, (SELECT partner FROM message WHERE sequence = $1))
        ON CONFLICT (message) DO UPDATE SET due_at = excluded.due_at, awaiting = excluded.awaiting, leased_until = NULL, owner = NULL
        """, name: "queue_work")
    private static let overdueSkippingLocked = SQLStatement(
        SQLReading.overdueText + " FOR UPDATE OF work SKIP LOCKED", name: "overdue_locked")
    private static let renewLease = SQLStatement(
        "UPDATE work SET leased_until = $2 WHERE owner = $1 AND message = $3", name: "renew_lease")
    private static let dropLeases = SQLStatement(
        "UPDATE work SET leased_until = NULL, owner = NULL WHERE owner LIKE CAST($1 AS TEXT) || '%'", name: "drop_leases")
    private static let reschedule = SQLStatement(
        """
        UPDATE work SET due_at = $2, awaiting = CASE WHEN CAST($2 AS TEXT) IS NULL THEN awaiting ELSE 0 END, leased_until = NULL, owner = NULL
        WHERE message = $1 AND (CAST($3 AS TEXT) IS NULL OR owner = $3)
        """, name: "reschedule")
    private static let endWork = SQLStatement("DELETE FROM work WHERE message = $1", name: "end_work")
    private static let lastPlace = SQLStatement(
        "SELECT place FROM work WHERE lane = $1 AND direction = $2 AND awaiting = 0 ORDER BY place DESC LIMIT 1", name: "last_place")
    private static let awaiting = SQLStatement(
        "SELECT message FROM work WHERE lane = $1 AND direction = $2 AND awaiting = 1 ORDER BY place FOR UPDATE",
        sqlite: "SELECT message FROM work WHERE lane = $1 AND direction = $2 AND awaiting = 1 ORDER BY place", name: "awaiting")
    private static let endWaiting = SQLStatement(
        "UPDATE work SET awaiting = 0, place = $2, due_at = $3, leased_until = NULL, owner = NULL WHERE message = $1", name: "end_waiting")
    private static let notify = SQLStatement("SELECT pg_notify('\(channel)', $1)", name: "notify")

    private static let insertRefusal = insertion(
        "INSERT INTO refusal (at, code, correlation_id, peer, digest) VALUES ($1, $2, $3, $4, $5)", name: "insert_refusal")
    private static let forgetRefusals = SQLStatement("DELETE FROM refusal WHERE sequence <= $1", name: "forget_refusals")
    private static let anyMessage = SQLStatement("SELECT sequence FROM message LIMIT 1", name: "any_message")
    private static let writeNothing = [
        SQLStatement("INSERT INTO removal (kind, number) VALUES ('check', 0) ON CONFLICT DO NOTHING", name: "write_check"),
        SQLStatement("DELETE FROM removal WHERE kind = 'check'", name: "forget_check"),
    ]
}
