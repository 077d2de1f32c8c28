extension SQLReading {
    func positions(_ selection: ArchiveSelection, after position: Int64, limit: Int) throws -> [Int64] {
        let (condition, arguments) = SQLReading.condition(selection)
        let sql = "SELECT sequence FROM message WHERE sequence > $1 \(condition) ORDER BY sequence LIMIT $2"
        return try connection.run(SQLStatement(sql), [.integer(position), .integer(Int64(limit))] + arguments).map { try $0.integer(0) }
    }

    func size(_ selection: ArchiveSelection) throws -> Int {
        let (condition, arguments) = SQLReading.condition(selection)
        let sql = "SELECT COUNT(*) FROM message WHERE sequence > $1 AND sequence < $2 \(condition)"
        return Int(try connection.run(SQLStatement(sql), [.integer(0), .integer(.max)] + arguments).first?.integer(0) ?? 0)
    }

    func oldest() throws -> String? { try connection.run(SQLReading.oldest, []).first?[0].text }

    func certificatePositions(_ selection: ArchiveSelection, after position: Int64, limit: Int) throws -> [Int64] {
        var arguments: [SQLValue] = [.integer(position), .integer(Int64(limit))]
        var condition = ""
        if case .finished(_, let to) = selection {
            arguments.append(.text(to))
            condition = """
                AND updated_at < $3 AND sequence < (SELECT MAX(sequence) FROM certificate) AND (valid_until IS NULL OR valid_until < $3)
                AND NOT EXISTS (SELECT 1 FROM work WHERE lane = certificate.sequence)
                AND NOT EXISTS (SELECT 1 FROM unsealed WHERE kind = 2 AND subject = certificate.sequence)
                AND NOT EXISTS (
                  SELECT 1 FROM message WHERE message.number_key = certificate.number_key
                    AND message.certificate_number = certificate.number AND message.partner = certificate.partner)
                """
        }
        let sql = "SELECT sequence FROM certificate WHERE sequence > $1 \(condition) ORDER BY sequence LIMIT $2"
        return try connection.run(SQLStatement(sql), arguments).map { try $0.integer(0) }
    }

    func archived(message position: Int64) throws -> ArchivedMessage? {
        guard let message = try connection.run(SQLTransaction.bySequence, [.integer(position)]).first.map(StoredMessage.init) else {
            return nil
        }
        let contents = try contentKinds(of: message.id).map { ($0, try content($0, of: message.id) ?? []) }
        let work = try connection.run(SQLReading.workOf, [.integer(position)]).first.map {
            ArchivedWork(
                direction: try Direction(stored: $0.text(0)), lane: try $0.integer(1), place: try $0.integer(2), due: $0[3].text,
                isAwaiting: try $0.integer(4) == 1)
        }
        return ArchivedMessage(
            message: message, contents: Dictionary(uniqueKeysWithValues: contents), events: try events(of: message.id), work: work)
    }

    func archived(certificate position: Int64) throws -> ArchivedCertificate? {
        guard let row = try connection.run(SQLReading.certificateAt, [.integer(position)]).first else { return nil }
        let facts = try connection.run(SQLReading.factsWithMessages, [.integer(position)])
        return ArchivedCertificate(
            certificate: try CertificateRecord(row), facts: try facts.map { ArchivedFact(message: try $0.integer(0), fact: try $0.text(1)) }
        )
    }

    private static func condition(_ selection: ArchiveSelection) -> (String, [SQLValue]) {
        guard case .finished(let from, let to) = selection else { return ("", []) }
        let states = TransportState.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return (
            """
            AND received_at >= $3 AND received_at < $4 AND state IN (\(states)) AND sequence < (SELECT MAX(sequence) FROM message)
            AND NOT EXISTS (SELECT 1 FROM work WHERE message = sequence)
            AND sequence < COALESCE((SELECT MIN(subject) FROM unsealed WHERE kind = 1), sequence + 1)
            """,
            [.text(from), .text(to)]
        )
    }

    private static let oldest = SQLStatement("SELECT MIN(received_at) FROM message", name: "oldest")
    private static let workOf = SQLStatement(
        "SELECT direction, lane, place, due_at, awaiting FROM work WHERE message = $1", name: "work_of")
    private static let certificateAt = SQLStatement(
        "SELECT \(CertificateRecord.columns) FROM certificate WHERE sequence = $1", name: "certificate_at")
    private static let factsWithMessages = SQLStatement(
        "SELECT message, fact FROM fact WHERE certificate = $1 ORDER BY message", name: "facts_with_messages")
}
