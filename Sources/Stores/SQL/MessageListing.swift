/// The statement that finds a page of the log.
///
/// PostgreSQL knows by its statistics which of several conditions leaves the fewest messages. SQLite keeps none for this database: there
/// columns that are not to be searched by bear a plus sign, which keeps them from their indexes
/// (https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_).
struct MessageListing {
    private(set) var arguments: [SQLValue] = []
    private var conditions: [String] = []
    private let limit: Int
    /// Before a column that is only looked at.
    private let aside: String

    /// By what the page is found; whatever else is asked is a look at each row.
    private enum Lead {
        /// Message id or number of a certificate: few messages.
        case name
        /// The table of what is still to be done.
        case work
        /// States that few messages stay in, by time.
        case unusual
        /// All, or those of a direction, partner or operation, by time.
        case time
    }

    /// - Parameter end: the place in the log that the page before it ended at.
    init(_ query: MessageQuery, after end: (time: String, sequence: Int64)?, _ dialect: SQLDialect) {
        limit = query.limit
        aside = dialect == .sqlite ? "+" : ""
        let lead = MessageListing.lead(query)
        switch lead {
        case .name, .time: break
        case .work: conditions.append("sequence IN (SELECT message FROM work)")
        // In the words of its index, which serves no other.
        case .unusual: conditions.append("state IN ('refused', 'held', 'parked', 'rejected', 'abandoned')")
        }
        if let messageID = query.messageID {
            require("message_id", "=", .text(messageID))
            conditions.append("claims = 1")
        }
        require("number_key", "=", query.certificateNumber.map { .text(NumberKey.key(of: $0)) })
        require("state", "=", query.state.map { .text($0.rawValue) })
        if let rule = query.rule {
            if query.state != .refused { require("state", "=", .text(TransportState.refused.rawValue)) }
            require("substr(detail, 1, \(rule.unicodeScalars.count + 1))", "=", .text(rule + ":"))
        }
        let isList = lead == .time
        require("direction", "=", (query.direction ?? query.state?.direction).map { .text($0.rawValue) }, isSearched: isList)
        require("partner", "=", query.partner.map { .text($0) }, isSearched: isList)
        require("operation", "=", query.operation.map { .text($0) }, isSearched: isList)
        let isByTime = isList || lead == .unusual
        require("received_at", ">=", query.from.map { .text($0) }, isSearched: isByTime)
        require("received_at", "<", query.to.map { .text($0) }, isSearched: isByTime)
        if let end {
            arguments += [.text(end.time), .integer(end.sequence)]
            conditions.append("(\(isByTime ? "" : aside)received_at, sequence) < ($\(arguments.count - 1), $\(arguments.count))")
        }
    }

    var statement: SQLStatement {
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return SQLStatement(
            "SELECT \(StoredMessage.columns) FROM message \(filter) ORDER BY received_at DESC, sequence DESC LIMIT \(limit)")
    }

    private mutating func require(_ column: String, _ relation: String, _ value: SQLValue?, isSearched: Bool = true) {
        guard let value else { return }
        arguments.append(value)
        conditions.append("\(isSearched ? "" : aside)\(column) \(relation) $\(arguments.count)")
    }

    private static func lead(_ query: MessageQuery) -> Lead {
        if query.messageID != nil || query.certificateNumber != nil { return .name }
        if query.rule != nil { return .unusual }
        return switch query.state {
        case .accepted, .queued: .work
        case .refused, .held, .parked, .rejected, .abandoned: .unusual
        case .delivered, .acknowledged, nil: .time
        }
    }
}
