extension SQLTransaction {
    func restore(_ archived: ArchivedMessage) throws {
        let message = archived.message
        try connection.send(
            SQLTransaction.restoreMessage,
            [
                .integer(message.sequence), .text(message.id), .text(message.direction.rawValue), .text(message.partner),
                .text(message.operation), .text(message.messageID), .text(message.contentDigest), SQLValue(message.certificateNumber),
                SQLValue(message.certificateNumber.map(NumberKey.key)), .integer(message.state == .refused ? 0 : 1),
                .text(message.state.rawValue), .text(message.correlationID), .text(message.receivedAt), .text(message.updatedAt),
                SQLValue(message.signer), SQLValue(message.bodyDigest), .integer(Int64(message.attempts)), SQLValue(message.detail),
            ])
        try keep(archived.contents, of: message.sequence)
        for (index, event) in archived.events.enumerated() {
            try connection.send(
                SQLTransaction.restoreEvent,
                [
                    .integer(message.sequence), .integer(Int64(index + 1)), .text(event.at), .text(event.state.rawValue),
                    SQLValue(event.detail), SQLValue(event.written),
                ])
        }
        guard let work = archived.work else { return }
        try queue(
            NewWork(
                message: message.sequence, direction: work.direction, lane: work.lane, due: work.due, isAwaiting: work.isAwaiting,
                place: work.place))
    }

    func restore(_ archived: ArchivedCertificate) throws {
        let certificate = archived.certificate
        try connection.send(
            SQLTransaction.restoreCertificate,
            [
                .integer(certificate.sequence), .text(certificate.key.partner), .text(certificate.key.side.rawValue),
                .text(certificate.key.number), .text(NumberKey.key(of: certificate.key.number)), .text(certificate.state),
                SQLValue(certificate.version), SQLValue(certificate.validUntil), .text(certificate.treatment),
                .text(certificate.updatedAt),
            ])
        for fact in archived.facts {
            try connection.send(
                SQLTransaction.restoreFact, [.integer(certificate.sequence), .integer(fact.message), .text(fact.fact)])
        }
    }

    func endRestore() throws {
        // SQLite counts on from the highest by itself.
        guard connection.dialect == .postgresql else { return }
        for table in ["message", "certificate", "refusal", "change"] {
            _ = try connection.run(SQLStatement(SQLTransaction.countOn(table)), [])
        }
    }

    func remove(message position: Int64) throws {
        let removeContent = connection.dialect == .sqlite ? [SQLTransaction.removeContent] : []
        try remove("message", position, removeContent + SQLTransaction.removeMessage)
    }

    func remove(certificate position: Int64) throws {
        try remove("certificate", position, SQLTransaction.removeCertificate)
    }

    /// SQLite has no parts of tables: there the bytes went with their message.
    func endRemoval(before moment: String) throws {
        guard connection.dialect == .postgresql else { return }
        let month = moment.filter(\.isNumber).prefix(6)
        for part in try connection.run(SQLTransaction.parts, [.text("content_" + month)]).map({ try $0.text(0) }) {
            let isLeft = try !connection.run(SQLStatement(SQLTransaction.left(part)), []).isEmpty
            let isRest = part == SQLTransaction.rest
            try connection.send(SQLStatement(isLeft || isRest ? SQLTransaction.clear(part) : "DROP TABLE \(part)"), [])
        }
    }

    /// Named first, or the store would keep what is append-only.
    private func remove(_ kind: String, _ position: Int64, _ statements: [SQLStatement]) throws {
        try connection.send(SQLTransaction.beginRemoval, [.text(kind), .integer(position)])
        for statement in statements { try connection.send(statement, [.integer(position)]) }
        try connection.send(SQLTransaction.endRemoval, [.text(kind), .integer(position)])
    }

    private static let restoreMessage = SQLStatement(
        """
        INSERT INTO message (sequence, id, direction, partner, operation, message_id, content_digest, certificate_number, number_key,
          claims, state, correlation_id, received_at, updated_at, signer, body_digest, attempts, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        """, name: "restore_message")
    private static let restoreEvent = SQLStatement(
        "INSERT INTO event (message, number, at, state, detail, written) VALUES ($1, $2, $3, $4, $5, $6)", name: "restore_event")
    private static let restoreFact = SQLStatement(
        "INSERT INTO fact (certificate, message, fact) VALUES ($1, $2, $3)", name: "restore_fact")
    private static let restoreCertificate = SQLStatement(
        """
        INSERT INTO certificate (sequence, partner, side, number, number_key, state, version, valid_until, treatment, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """, name: "restore_certificate")
    /// Parts of the table of bytes that are older, and the one for what belongs to no month of its own.
    private static let parts = SQLStatement(
        """
        SELECT CAST(relname AS TEXT) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'content'::regclass AND (CAST(relname AS TEXT) COLLATE "C" < $1 OR relname = '\(rest)') ORDER BY relname
        """)
    private static let rest = "content_rest"
    private static func left(_ part: String) -> String {
        "SELECT 1 FROM \(part) WHERE EXISTS (SELECT 1 FROM message WHERE sequence = \(part).message) LIMIT 1"
    }
    private static func clear(_ part: String) -> String {
        "DELETE FROM \(part) WHERE NOT EXISTS (SELECT 1 FROM message WHERE sequence = \(part).message)"
    }
    private static func countOn(_ table: String) -> String {
        "SELECT setval(pg_get_serial_sequence('\(table)', 'sequence'), GREATEST((SELECT MAX(sequence) FROM \(table)), 1))"
    }

    private static let beginRemoval = SQLStatement("INSERT INTO removal (kind, number) VALUES ($1, $2)", name: "begin_removal")
    private static let endRemoval = SQLStatement("DELETE FROM removal WHERE kind = $1 AND number = $2", name: "end_removal")
    private static let removeContent = SQLStatement("DELETE FROM content WHERE message = $1", name: "remove_content")
    private static let removeMessage = [
        SQLStatement("DELETE FROM event WHERE message = $1", name: "remove_events"),
        SQLStatement("DELETE FROM message WHERE sequence = $1", name: "remove_message"),
    ]
    private static let removeCertificate = [
        SQLStatement("DELETE FROM fact WHERE certificate = $1", name: "remove_facts"),
        SQLStatement("DELETE FROM certificate WHERE sequence = $1", name: "remove_certificate"),
    ]
}
