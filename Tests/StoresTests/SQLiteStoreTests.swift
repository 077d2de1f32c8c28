import Support
import Testing

@testable import Stores

struct SQLiteStoreTests {
    @Test func `the file survives its process and waits for the disk`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("store.sqlite").path
        do {
            let store = try SQLiteStore(path: path)
            #expect(try await store.synchronousLevel() == 2)
            #expect(try await store.write { try $0.insert(.sample("1")) } == .added(1))
        }
        let again = try SQLiteStore(path: path)
        #expect(try await again.read { try $0.message(id: "1") }?.state == .accepted)
    }

    @Test func `a store of a newer version is not touched`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("store.sqlite").path
        _ = try SQLiteStore(path: path)
        let (status, output) = try judge("sqlite3", [path, "INSERT INTO schema_step VALUES (99, 'later')"])
        #expect(status == 0, "\(output)")
        #expect { try SQLiteStore(path: path) } throws: { "\($0)".contains("newer version") }
    }
}
