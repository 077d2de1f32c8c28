/// Brings a database to the newest step of the schema, forwards only.
enum SQLMigration {
    /// - Throws: `SchemaError` where a newer program made the database, or an earlier one and upgrades are refused.
    static func run(
        _ connection: any SQLConnection, _ upgrade: SchemaUpgrade, now: String, script: (String) throws -> Void
    ) throws {
        try script("CREATE TABLE IF NOT EXISTS schema_step (number BIGINT PRIMARY KEY, applied_at TEXT NOT NULL)")
        let done = Int(try connection.run(highest, []).first?.first?.integer ?? 0)
        let known = SQLSchema.steps.count
        guard done <= known else { throw SchemaError(found: done, known: known) }
        if done > 0, done < known {
            guard case .done(let tell) = upgrade else { throw SchemaError(found: done, known: known) }
            tell(SchemaGap(found: done, known: known, messages: try connection.run(messages, []).first?.first?.integer ?? 0))
        }
        for (index, step) in SQLSchema.steps.enumerated().dropFirst(done) {
            try script(SQLSchema.text(step, connection.dialect))
            try connection.send(insert, [.integer(Int64(index + 1)), .text(now)])
        }
    }

    private static let highest = SQLStatement("SELECT COALESCE(MAX(number), 0) FROM schema_step")
    private static let messages = SQLStatement("SELECT COALESCE(MAX(sequence), 0) FROM message")
    private static let insert = SQLStatement("INSERT INTO schema_step (number, applied_at) VALUES ($1, $2)")
}
