internal import Foundation
internal import GRDB

/// The statements that write one message, inside whatever transaction is under way.
enum MessageLog {
    static func add(_ message: NewMessage, work: WorkOrder, in database: Database) throws -> Claim {
        try database.cachedStatement(
            sql: """
                INSERT INTO message (id, direction, partner, operation, message_id, content_digest, certificate_number, state,
                  correlation_id, received_at, updated_at, signer, body_digest, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [
            message.id, message.direction.rawValue, message.partner, message.operation, message.messageID, message.contentDigest,
            message.certificateNumber, message.state.rawValue, message.correlationID, message.receivedAt, message.receivedAt,
            message.signer, message.bodyDigest, message.detail,
        ])
        guard database.changesCount == 1 else {
            guard let earlier = try holder(message.direction, message.partner, message.messageID, in: database) else {
                throw DatabaseError(resultCode: .SQLITE_CONSTRAINT_UNIQUE, message: "the local id \(message.id) is taken")
            }
            return .taken(by: earlier)
        }
        let sequence = database.lastInsertedRowID
        try keep(message.contents, of: sequence, in: database)
        try database.cachedStatement(sql: "INSERT INTO event (message, number, at, state, detail) VALUES (?, 1, ?, ?, ?)")
            .execute(arguments: [sequence, message.receivedAt, message.state.rawValue, message.detail])
        if case .due(let moment) = work {
            try database.cachedStatement(sql: "INSERT INTO work (message, direction, due_at) VALUES (?, ?, ?)")
                .execute(arguments: [sequence, message.direction.rawValue, moment])
        }
        return .added
    }

    /// The message that holds a claim on the id.
    static func holder(
        _ direction: Direction, _ partner: String, _ messageID: String, in database: Database
    ) throws -> StoredMessage? {
        try StoredMessage.fetch(
            database, "SELECT * FROM message WHERE direction = ? AND partner = ? AND message_id = ? AND state <> 'refused'",
            [direction.rawValue, partner, messageID]
        ).first
    }

    /// Keeps bytes beside what is kept already; a kind that is given again replaces the earlier try's.
    static func keep(_ contents: [ContentKind: [UInt8]], of sequence: Int64, in database: Database) throws {
        guard !contents.isEmpty else { return }
        func bytes(_ kind: ContentKind) -> Data? { contents[kind].map { Data($0) } }
        try database.cachedStatement(
            sql: """
                INSERT INTO content (message, dataset, verification, response, request) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET dataset = COALESCE(excluded.dataset, dataset),
                  verification = COALESCE(excluded.verification, verification),
                  response = COALESCE(excluded.response, response), request = COALESCE(excluded.request, request)
                """
        ).execute(arguments: [sequence, bytes(.dataset), bytes(.verification), bytes(.response), bytes(.request)])
    }

    static func note(_ sequence: Int64, _ state: TransportState, _ detail: String?, at now: String, in database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO event (message, number, at, state, detail)
                VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM event WHERE message = ?1), ?2, ?3, ?4)
                """
        ).execute(arguments: [sequence, now, state.rawValue, detail])
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
