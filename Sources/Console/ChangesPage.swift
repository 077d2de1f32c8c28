internal import Exchanges
internal import Stores

extension Console {
    /// Who did what.
    func changes(_ before: Int64?, _ user: ConsoleUser) async throws -> ConsolePage {
        let page = 100
        let changes = try await store.read { try $0.changes(before: before, limit: page) }
        return render(
            Content(
                changes: changes.map { Row(at: $0.note.at.second, actor: $0.note.actor, action: $0.note.action, detail: $0.note.detail) },
                next: changes.count == page ? changes.last.map { "/console/changes?before=\($0.sequence)" } : nil), "changes",
            title: "Changes", user)
    }

    private struct Content {
        let changes: [Row]
        let next: String?
    }

    private struct Row {
        let at: String
        let actor: String
        let action: String
        let detail: String
    }
}
