extension SQLTransaction {
    /// Puts a record on the list of those that no seal covers.
    func log(_ key: LogKey) throws {
        try connection.send(SQLTransaction.log, [.integer(key.kind.rawValue), .integer(key.subject), .integer(key.number)])
    }

    func add(_ seal: StoredSeal, covering records: [UnsealedRecord], tallies: [Tally]) throws -> Bool {
        if locks { _ = try connection.run(SQLTransaction.lockSeals, []) }
        guard try sealingState().seals + 1 == seal.number else { return false }
        for record in records {
            // By its key too: a position may have been given anew.
            let row: [SQLValue] = [
                .integer(record.position), .integer(record.key.kind.rawValue), .integer(record.key.subject), .integer(record.key.number),
            ]
            guard try connection.change(SQLTransaction.take, row) == 1 else {
                throw StoreError("record \(record.position) was sealed meanwhile")
            }
        }
        try restore(seal)
        for tally in tallies { try restore(tally) }
        return true
    }

    func stamp(seal number: Int64, with stamp: [UInt8]) throws {
        try connection.send(SQLTransaction.stamp, [.integer(number), .bytes(stamp)])
    }

    func note(_ change: ChangeNote) throws {
        let arguments = [change.at, change.actor, change.action, change.detail].map { SQLValue.text($0) }
        guard let sequence = try connection.insert(SQLTransaction.insertChange, arguments) else { return }
        try log(LogKey(.change, sequence))
    }

    func restore(_ seal: StoredSeal) throws {
        try connection.send(
            SQLTransaction.insertSeal,
            [
                .integer(seal.number), .text(seal.at), .bytes(seal.statement), .bytes(seal.leaves), .integer(seal.isToBeStamped ? 1 : 0),
                SQLValue(seal.signature), SQLValue(seal.stamp),
            ])
    }

    func restore(_ unsealed: UnsealedRecord) throws { try log(unsealed.key) }

    func restore(_ change: StoredChange) throws {
        let note = change.note
        try connection.send(
            SQLTransaction.restoreChange,
            [.integer(change.sequence), .text(note.at), .text(note.actor), .text(note.action), .text(note.detail)])
    }

    func restore(_ refusal: StoredRefusal) throws {
        let note = refusal.note
        try connection.send(
            SQLTransaction.restoreRefusal,
            [.integer(refusal.sequence)] + [note.at, note.code, note.correlationID, note.peer, note.digest].map { .text($0) })
    }

    func restore(_ tally: Tally) throws {
        let subject = tally.subject
        try connection.send(
            SQLTransaction.count,
            [
                .text(subject.hour), .text(subject.direction.rawValue), .text(subject.partner), .text(subject.operation),
                .text(subject.outcome), .integer(Int64(tally.count)),
            ])
    }

    static let logLastEvent = SQLStatement(
        """
        INSERT INTO unsealed (kind, subject, number)
        SELECT 1, CAST($1 AS BIGINT), MAX(number) FROM event WHERE message = CAST($1 AS BIGINT)
        """, name: "log_last_event")
    private static let log = SQLStatement("INSERT INTO unsealed (kind, subject, number) VALUES ($1, $2, $3)", name: "log")
    /// One gateway seals at a time.
    private static let lockSeals = SQLStatement(
        "SELECT CAST(pg_advisory_xact_lock(\(SQLSchema.migrationLock + 1)) AS TEXT)", name: "lock_seals")
    private static let take = SQLStatement(
        "DELETE FROM unsealed WHERE position = $1 AND kind = $2 AND subject = $3 AND number = $4", name: "take_unsealed")
    private static let insertSeal = SQLStatement(
        "INSERT INTO seal (\(StoredSeal.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)", name: "insert_seal")
    private static let stamp = SQLStatement("UPDATE seal SET stamp = $2 WHERE number = $1 AND stamp IS NULL", name: "stamp_seal")
    private static let insertChange = insertion(
        "INSERT INTO change (at, actor, action, detail) VALUES ($1, $2, $3, $4)", name: "insert_change")
    private static let restoreChange = SQLStatement(
        "INSERT INTO change (sequence, at, actor, action, detail) VALUES ($1, $2, $3, $4, $5)", name: "restore_change")
    private static let restoreRefusal = SQLStatement(
        "INSERT INTO refusal (sequence, at, code, correlation_id, peer, digest) VALUES ($1, $2, $3, $4, $5, $6)", name: "restore_refusal")
    private static let count = SQLStatement(
        """
        INSERT INTO tally (hour, direction, partner, operation, outcome, count) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (hour, direction, partner, operation, outcome) DO UPDATE SET count = tally.count + excluded.count
        """, name: "count")
}
