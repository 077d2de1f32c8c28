/// An error of the server, or of the connection to it.
struct PostgreSQLError: Error, CustomStringConvertible {
    /// SQLSTATE; empty where the server said nothing.
    let code: String
    let text: String
    /// The connection is gone.
    let isBroken: Bool

    /// Another try may succeed: deadlock, serialization failure, the number of an event that another took, a server that stops or starts.
    var isPassing: Bool { isBroken || ["40001", "40P01", "23505", "57P01", "57P02", "57P03"].contains(code) }

    var description: String { "PostgreSQL: \(text)" + (code.isEmpty ? "" : " (\(code))") }
}
