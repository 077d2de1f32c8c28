internal import Foundation

/// Looking up, by SQL.
class SQLReading: StoreReading {
    let connection: any SQLConnection

    init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    func message(id: String) throws -> StoredMessage? {
        try connection.run(SQLReading.byID, [.text(id)]).first.map(StoredMessage.init)
    }

    func holder(_ direction: Direction, partner: String, messageID: String) throws -> StoredMessage? {
        try connection.run(SQLReading.holder, [.text(direction.rawValue), .text(partner), .text(messageID)]).first.map(StoredMessage.init)
    }

    func messages(_ query: MessageQuery) throws -> [StoredMessage] {
        var end: (String, Int64)?
        if let before = query.before {
            guard let place = try place(before) else { return [] }
            end = place
        }
        let listing = MessageListing(query, after: end, connection.dialect)
        return try connection.run(listing.statement, listing.arguments).map(StoredMessage.init)
    }

    /// Where the message at a position stands in the order of the log; where it was moved to an archive meanwhile, where the one before
    /// it ends.
    private func place(_ position: Int64) throws -> (time: String, sequence: Int64)? {
        guard let row = try connection.run(SQLReading.placeOf, [.integer(position)]).first else { return nil }
        let sequence = try row.integer(1)
        return (try row.text(0), sequence == position ? sequence : sequence + 1)
    }

    func content(_ kind: ContentKind, of id: String) throws -> [UInt8]? {
        guard let statement = SQLReading.content[kind] else { return nil }
        return try connection.run(statement, [.text(id)]).first?[0].bytes
    }

    func contentKinds(of id: String) throws -> [ContentKind] {
        guard let row = try connection.run(SQLReading.kinds, [.text(id)]).first else { return [] }
        return zip(ContentKind.allCases, row).filter { $0.1.integer == 1 }.map(\.0)
    }

    func events(of id: String) throws -> [MessageEvent] {
        try connection.run(SQLReading.events, [.text(id)]).map {
            MessageEvent(at: try $0.text(0), state: try TransportState(stored: $0.text(1)), detail: $0[2].text, written: $0[3].text)
        }
    }

    func certificate(_ key: CertificateKey) throws -> CertificateRecord? {
        try connection.run(
            SQLReading.certificate, [.text(NumberKey.key(of: key.number)), .text(key.number), .text(key.partner), .text(key.side.rawValue)]
        ).first
            .map(CertificateRecord.init)
    }

    func certificates(number: String) throws -> [CertificateRecord] {
        try connection.run(SQLReading.certificates, [.text(NumberKey.key(of: number))]).map(CertificateRecord.init)
    }

    func facts(of certificate: Int64) throws -> [String] {
        try connection.run(SQLReading.facts, [.integer(certificate)]).map { try $0.text(0) }
    }

    func overdue(now: String, limit: Int) throws -> [StoredMessage] {
        try connection.run(SQLReading.overdue, [.text(now), .integer(Int64(limit))]).map(StoredMessage.init)
    }

    func workDepth() throws -> [WorkDepth] {
        try connection.run(SQLReading.depth, []).map {
            WorkDepth(
                direction: try Direction(stored: $0.text(0)), partner: try $0.text(1), waiting: Int(try $0.integer(2)),
                parked: Int(try $0.integer(3)), awaiting: Int(try $0.integer(4)), oldest: $0[5].text)
        }
    }

    func refusals(limit: Int) throws -> [RefusalNote] {
        try connection.run(SQLReading.refusals, [.integer(Int64(limit))]).map {
            RefusalNote(
                at: try $0.text(0), code: try $0.text(1), correlationID: try $0.text(2), peer: try $0.text(3), digest: try $0.text(4))
        }
    }

    func signersSeen() throws -> [SignerSeen] {
        try connection.run(SQLReading.signers, []).map {
            SignerSeen(partner: try $0.text(0), fingerprint: try $0.text(1), lastAt: try $0.text(2))
        }
    }

    private static let byID = SQLStatement("SELECT \(StoredMessage.columns) FROM message WHERE id = $1", name: "message")
    private static let placeOf = SQLStatement(
        "SELECT received_at, sequence FROM message WHERE sequence <= $1 ORDER BY sequence DESC LIMIT 1", name: "place_of")
    private static let holder = SQLStatement(
        "SELECT \(StoredMessage.columns) FROM message WHERE direction = $1 AND partner = $2 AND message_id = $3 AND claims = 1",
        name: "holder")
    private static let content = Dictionary(
        uniqueKeysWithValues: ContentKind.allCases.map { kind in
            (kind, ofContent(kind.column, name: "content_" + kind.column))
        })
    private static let kinds: SQLStatement = {
        let columns = ContentKind.allCases.map { "CASE WHEN \($0.column) IS NULL THEN 0 ELSE 1 END" }
        return ofContent(columns.joined(separator: ", "), name: "kinds")
    }()
    private static func ofContent(_ columns: String, name: String) -> SQLStatement {
        let sql = "SELECT \(columns) FROM content JOIN message ON message.sequence = content.message"
        // The month says in which part of the table they are.
        return SQLStatement(
            "\(sql) AND message.month = content.month WHERE message.id = $1", sqlite: sql + " WHERE message.id = $1", name: name)
    }
    private static let events = SQLStatement(
        """
        SELECT event.at, event.state, event.detail, event.written FROM event JOIN message ON message.sequence = event.message
        WHERE message.id = $1 ORDER BY number
        """, name: "events")
    private static let certificate = SQLStatement(
        "SELECT \(CertificateRecord.columns) FROM certificate WHERE number_key = $1 AND number = $2 AND partner = $3 AND side = $4",
        name: "certificate")
    private static let certificates = SQLStatement(
        "SELECT \(CertificateRecord.columns) FROM certificate WHERE number_key = $1 ORDER BY number, partner, side", name: "certificates")
    private static let facts = SQLStatement("SELECT fact FROM fact WHERE certificate = $1 ORDER BY message", name: "facts")
    static let overdueText = """
        SELECT \(StoredMessage.columns) FROM work JOIN message ON message.sequence = work.message
        WHERE work.awaiting = 1 AND work.direction = 'inbound' AND work.due_at <= $1 ORDER BY work.due_at LIMIT $2
        """
    private static let overdue = SQLStatement(overdueText, name: "overdue")
    private static let depth = SQLStatement(
        """
        SELECT work.direction, message.partner, COUNT(CASE WHEN awaiting = 0 THEN due_at END),
          COUNT(CASE WHEN due_at IS NULL THEN 1 END), COUNT(CASE WHEN awaiting = 1 THEN 1 END), MIN(CASE WHEN awaiting = 0 THEN due_at END)
        FROM work JOIN message ON message.sequence = work.message GROUP BY work.direction, message.partner
        """, name: "depth")
    private static let refusals = SQLStatement(
        "SELECT at, code, correlation_id, peer, digest FROM refusal ORDER BY sequence DESC LIMIT $1", name: "refusals")
    private static let signers = SQLStatement(
        """
        SELECT partner, signer, MAX(received_at) FROM message
        WHERE direction = 'inbound' AND claims = 1 AND signer IS NOT NULL GROUP BY partner, signer
        """, name: "signers")
}

extension StoredMessage {
    static let columns = [
        "id", "sequence", "direction", "partner", "operation", "message_id", "content_digest", "certificate_number", "state",
        "correlation_id", "received_at", "updated_at", "signer", "body_digest", "attempts", "detail",
    ].map { "message." + $0 }.joined(separator: ", ")

    init(_ row: [SQLValue]) throws {
        self.init(
            id: try row.text(0), sequence: try row.integer(1), direction: try Direction(stored: row.text(2)), partner: try row.text(3),
            operation: try row.text(4), messageID: try row.text(5), contentDigest: try row.text(6), certificateNumber: row[7].text,
            state: try TransportState(stored: row.text(8)), correlationID: try row.text(9), receivedAt: try row.text(10),
            updatedAt: try row.text(11), signer: row[12].text, bodyDigest: row[13].text, attempts: Int(try row.integer(14)),
            detail: row[15].text)
    }
}

extension CertificateRecord {
    static let columns = "sequence, partner, side, number, state, version, valid_until, treatment, updated_at"

    init(_ row: [SQLValue]) throws {
        self.init(
            sequence: try row.integer(0),
            key: CertificateKey(partner: try row.text(1), side: try Direction(stored: row.text(2)), number: try row.text(3)),
            state: try row.text(4), version: row[5].text, validUntil: row[6].text, treatment: try row.text(7), updatedAt: try row.text(8))
    }
}

extension Direction {
    init(stored text: String) throws {
        guard let value = Direction(rawValue: text) else { throw StoreError("the direction \(text) is not known to this version") }
        self = value
    }
}

extension TransportState {
    init(stored text: String) throws {
        guard let value = TransportState(rawValue: text) else { throw StoreError("the state \(text) is not known to this version") }
        self = value
    }
}

extension ContentKind {
    /// The column of table `content`.
    var column: String {
        switch self {
        case .request: "request"
        case .response: "response"
        case .dataset: "dataset"
        case .verification: "verification"
        }
    }
}
