/// Statements that take work under a lease: of each partner's what could be taken and is due for longest, of these the oldest. Only what
/// stands first in its lane can be taken. So what waits for a partner who is left alone is not gone through, and no partner's work that
/// cannot be taken is in the way of another's.
///
/// Parameters: direction, now, the lease's end and owner, how many, and the partners to be left alone.
enum WorkTaking {
    private static let all = [
        SQLDialect.sqlite: SQLStatement(sqlite(0), name: "take_work"), .postgresql: SQLStatement(postgresql(0), name: "take_work"),
    ]

    static func statement(_ dialect: SQLDialect, excluded: Int) -> SQLStatement {
        if excluded == 0, let statement = all[dialect] { return statement }
        return SQLStatement(dialect == .sqlite ? sqlite(excluded) : postgresql(excluded))
    }

    /// Each partner is found behind the one before it, without what lies between.
    private static func partners(_ excluded: Int) -> String {
        let names = (0..<excluded).map { "$\($0 + 6)" }.joined(separator: ", ")
        return """
            WITH RECURSIVE every (partner) AS (
              SELECT MIN(partner) FROM work WHERE direction = $1 AND awaiting = 0
              UNION ALL
              SELECT (SELECT MIN(partner) FROM work WHERE direction = $1 AND awaiting = 0 AND partner > every.partner)
              FROM every WHERE every.partner IS NOT NULL),
            one (partner) AS (
              SELECT partner FROM every WHERE partner IS NOT NULL \(excluded == 0 ? "" : "AND partner NOT IN (\(names))"))
            """
    }

    private static func isFree(_ work: String) -> String {
        "\(work).due_at <= $2 AND \(work).awaiting = 0 AND (\(work).leased_until IS NULL OR \(work).leased_until < $2)"
    }

    /// What waits for nothing is said in two ways, so that a lane is never looked for in the index of what is due, which PostgreSQL
    /// would choose while it has no statistics.
    private static let ofOne = """
        SELECT free.message FROM work AS free
        WHERE free.direction = $1 AND free.partner = one.partner AND \(isFree("free")) AND NOT EXISTS (
          SELECT 1 FROM work AS earlier
          WHERE earlier.lane = free.lane AND earlier.direction = free.direction AND earlier.place < free.place AND earlier.awaiting <> 1)
        ORDER BY free.due_at LIMIT $5
        """

    private static let lease = """
        UPDATE work SET leased_until = $3, owner = $4 WHERE message IN (SELECT message FROM chosen)
        RETURNING message
        """

    /// Materialized: chosen once, whatever plan the database makes, so that the limit holds.
    private static func sqlite(_ excluded: Int) -> String {
        """
        \(partners(excluded)),
        chosen AS MATERIALIZED (
          SELECT due.message FROM one CROSS JOIN work AS due WHERE due.message IN (\(ofOne))
          ORDER BY due.due_at LIMIT $5)
        \(lease)
        """
    }

    private static func postgresql(_ excluded: Int) -> String {
        """
        \(partners(excluded)),
        chosen AS MATERIALIZED (
          SELECT due.message FROM one CROSS JOIN LATERAL (\(ofOne)) AS candidate
            JOIN work AS due ON due.message = candidate.message
          WHERE \(isFree("due"))
          ORDER BY due.due_at LIMIT $5 FOR UPDATE OF due SKIP LOCKED)
        \(lease)
        """
    }
}
