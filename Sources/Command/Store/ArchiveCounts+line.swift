internal import Stores

extension ArchiveCounts {
    /// For a person.
    var line: String {
        func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
        return "\(count(messages, "message", "messages")), \(count(certificates, "certificate", "certificates"))"
    }
}

/// What goes wrong with an archive or a store is said in its own words.
func tellingOfArchive<Value>(_ place: String, _ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let error as StoreError { throw CommandError(error.description, place: place) }
}
