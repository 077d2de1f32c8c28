import Foundation
import Support
import Synchronization
import Testing

@testable import Stores

/// A store that an earlier version made is brought to the newest step, with all that it holds.
struct MigrationTests {
    private static let made = """
        CREATE TABLE schema_step (number BIGINT PRIMARY KEY, applied_at TEXT NOT NULL);
        INSERT INTO schema_step VALUES (1, '2026-11-22');
        """
    private static let filled = """
        INSERT INTO message (id, direction, partner, operation, message_id, content_digest, certificate_number, number_key, claims, state,
          correlation_id, received_at, updated_at)
          VALUES ('1', 'inbound', 'korea', 'send-co', 'm1', 'd1', 'CO-1', 'C0-1', 1, 'delivered', 'c', '2026-11-22T10:00:00.000Z', 't');
        INSERT INTO content (message, request) VALUES (1, 'bytes');
        INSERT INTO event (message, number, at, state) VALUES (1, 1, 't', 'delivered');
        INSERT INTO certificate (partner, side, number, number_key, state, treatment, updated_at)
          VALUES ('korea', 'inbound', 'CO-1', 'C0-1', 'issued', 'none', '2026-11-22T10:00:00.000Z');
        INSERT INTO fact VALUES (1, 1, 'one');
        """

    @Test func `in SQLite`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("store.sqlite").path
        let first = SQLSchema.text(SQLSchema.steps[0], .sqlite)
        let (status, output) = try judge("sqlite3", [path, Self.made + first + Self.filled.replacing("'bytes'", with: "x'6279746573'")])
        #expect(status == 0, "\(output)")
        try await check { try SQLiteStore(path: path, upgrade: $0) }
    }

    @Test func `in PostgreSQL`() async throws {
        let url = try PostgreSQLServer.shared.get().database()
        do {
            let connection = try PostgreSQLConnection(url: url)
            try connection.script(Self.made + SQLSchema.text(SQLSchema.steps[0], .postgresql) + Self.filled)
        }
        try await check { try PostgreSQLStore(url: url, upgrade: $0) }
    }

    private func check(_ open: (SchemaUpgrade) throws -> any MessageStore) async throws {
        for _ in 1...2 {
            #expect { try open(.refused) } throws: { error in (error as? SchemaError).map { !$0.isNewer && $0.found == 1 } ?? false }
        }
        let told = Mutex<[SchemaGap]>([])
        let store = try open(.done { gap in told.withLock { $0.append(gap) } })
        let gap = SchemaGap(found: 1, known: SQLSchema.steps.count, messages: 1)
        _ = try (open(.refused), open(.done { gap in told.withLock { $0.append(gap) } }))
        #expect(told.withLock { $0 } == [gap])
        #expect(try await store.read { try $0.content(.request, of: "1") } == Array("bytes".utf8))
        #expect(try await store.read { try $0.facts(of: 1) } == ["one"])
        #expect(try await store.write { try $0.insert(.sample("2", messageID: "m2")) } == .added(2))
        try await store.write { try $0.update(1, MessageChange(.delivered, contents: [.response: [1]]), at: "t") }
        #expect(try await store.read { try $0.contentKinds(of: "1") } == [.request, .response])
        #expect(try await store.read { try $0.content(.request, of: "2") } == [0, 1, 0xFF])
    }
}
