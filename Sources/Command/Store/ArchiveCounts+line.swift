internal import Exchanges
internal import Stores

extension ArchiveCounts {
    /// For a person.
    var line: String {
        func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
        return "\(count(messages, "message", "messages")), \(count(certificates, "certificate", "certificates"))"
    }
}

/// What goes wrong with an archive or its store says which archive it was.
func tellingOfArchive<Value>(_ place: String, _ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch { throw CommandError("\(error)".onOneLine(atMost: 300), place: place) }
}
