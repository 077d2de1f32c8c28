internal import GRDB

extension StoredMessage {
    static func fetch(_ database: Database, _ sql: String, _ arguments: StatementArguments) throws -> [StoredMessage] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments).map(StoredMessage.init)
    }

    private init(_ row: Row) throws {
        guard let direction = Direction(rawValue: row["direction"]), let state = TransportState(rawValue: row["state"]) else {
            throw DatabaseError(message: "message \(row["id"] as String) has a direction or state that this version does not know")
        }
        self.init(
            id: row["id"], sequence: row["sequence"], direction: direction, partner: row["partner"],
            operation: row["operation"], messageID: row["message_id"], contentDigest: row["content_digest"],
            certificateNumber: row["certificate_number"], state: state, correlationID: row["correlation_id"],
            receivedAt: row["received_at"], updatedAt: row["updated_at"], signer: row["signer"],
            bodyDigest: row["body_digest"], attempts: row["attempts"], detail: row["detail"])
    }
}
