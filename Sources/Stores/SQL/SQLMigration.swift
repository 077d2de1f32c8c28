/// Brings a database to the newest step of the schema, forwards only.
enum SQLMigration {
    /// - Throws: `StoreError` where a newer program made the database.
    static func run(_ connection: any SQLConnection, now: String, script: (String) throws -> Void) throws {
        try script("CREATE TABLE IF NOT EXISTS schema_step (number BIGINT PRIMARY KEY, applied_at TEXT NOT NULL)")
        let done = try connection.run(highest, []).first?.first?.integer ?? 0
        guard done <= SQLSchema.steps.count else {
            throw StoreError(
                "the store was made by a newer version of this program (step \(done) of its tables, this version knows \(SQLSchema.steps.count)); start that version"
            )
        }
        for (index, step) in SQLSchema.steps.enumerated().dropFirst(Int(done)) {
            try script(SQLSchema.text(step, connection.dialect))
            try connection.send(insert, [.integer(Int64(index + 1)), .text(now)])
        }
    }

    private static let highest = SQLStatement("SELECT COALESCE(MAX(number), 0) FROM schema_step")
    private static let insert = SQLStatement("INSERT INTO schema_step (number, applied_at) VALUES ($1, $2)")
}
