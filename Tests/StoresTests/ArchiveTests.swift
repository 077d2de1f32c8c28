import Foundation
import Support
import Testing

@testable import Stores

/// Backup, restore, and removal after an archive was written.
struct ArchiveTests {
    /// A message in each state, work, a certificate with two facts, a refusal.
    private func fill(_ any: AnyStore) async throws {
        _ = try await any.add(.sample("1"))
        _ = try await any.add(
            .sample("2", messageID: "m2", state: .held, number: "CO-2"), due: "2026-11-23T00:00:00.000Z", isAwaiting: true)
        _ = try await any.add(.sample("3", state: .refused))
        _ = try await any.add(.sample("4", messageID: "m4", number: "CO-3", receivedAt: "2026-12-01T00:00:00.000Z"))
        _ = try await any.add(.sample("5", state: .queued, number: "CO-1", direction: .outbound), due: nil)
        try await any.store.write { transaction in
            for message: Int64 in [1, 4] {
                try transaction.update(message, MessageChange(.delivered, attempts: .oneMore), at: "2026-12-01T00:00:01.000Z")
                try transaction.endWork(message)
            }
            var certificate = try transaction.lockCertificate(NewMessage.sample("1").key, at: "2026-11-22T10:00:00.000Z")
            (certificate.state, certificate.version, certificate.validUntil) = ("issued", "2", "2027-11-01")
            try transaction.update(certificate)
            try transaction.addFact("one", of: certificate.sequence, by: 1)
            try transaction.addFact("two", of: certificate.sequence, by: 5)
            try transaction.noteRefusal(RefusalNote(at: "t", code: "400", correlationID: "c", peer: "p", digest: "d"))
        }
    }

    private func everything(_ store: any MessageStore) async throws -> ([ArchivedMessage], [ArchivedCertificate], [RefusalNote]) {
        try await store.read { reading in
            (
                try reading.positions(.all, after: 0, limit: 100).compactMap { try reading.archived(message: $0) },
                try reading.certificatePositions(.all, after: 0, limit: 100).compactMap { try reading.archived(certificate: $0) },
                try reading.refusals(limit: 100)
            )
        }
    }

    @Test(arguments: StoreKind.allCases) func `a backup of one store fills an empty one of any kind`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        try await fill(any)
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("backup.jsonl.gz").path
        let counts = try await any.store.backUp(to: path, at: "2026-12-01T00:00:00.000Z") { _, _ in }
        #expect(counts == ArchiveCounts(messages: 5, certificates: 4, refusals: 1))
        await #expect(throws: StoreError.self) { try await any.store.backUp(to: path, at: "t") { _, _ in } }
        let (status, text) = try judge("zcat", [path])
        #expect(status == 0 && text.split(separator: "\n").count == 22, "\(text)")
        for line in text.split(separator: "\n") { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        for other in StoreKind.allCases {
            let restored = try AnyStore(other)
            #expect(try await restored.store.restore(from: path) { _, _ in } == counts)
            let (one, two) = (try await everything(any.store), try await everything(restored.store))
            #expect(one.0 == two.0 && one.1 == two.1 && one.2 == two.2, "\(other)")
            #expect(try await restored.store.write { try $0.insert(.sample("6")) } == .taken)
            guard case .added(let next) = try await restored.store.write({ try $0.insert(.sample("6", messageID: "m6")) }) else {
                return #expect(Bool(false))
            }
            #expect(next > 5)
            #expect(
                try await restored.store.write { try $0.lockCertificate(NewMessage.sample("6", number: "CO-9").key, at: "t") }.sequence == 5
            )
            // Nothing is laid over what is there.
            await #expect(throws: StoreError.self) { try await restored.store.restore(from: path) { _, _ in } }
        }
    }

    @Test(arguments: StoreKind.allCases) func `an archive that is not whole restores nothing`(_ kind: StoreKind) async throws {
        let any = try AnyStore(.memory)
        try await fill(any)
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("backup.jsonl.gz").path
        _ = try await any.store.backUp(to: path, at: "t") { _, _ in }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var changed = whole
        changed[whole.count / 2] ^= 1
        let lines = try judge("zcat", [path]).output.split(separator: "\n", omittingEmptySubsequences: false)
        let shorter = folder.url.appendingPathComponent("shorter")
        try Data(lines.enumerated().filter { $0.offset != 2 }.map(\.element).joined(separator: "\n").utf8).write(to: shorter)
        #expect(try judge("gzip", [shorter.path]).status == 0)
        let damaged = [
            whole.prefix(whole.count / 2), whole.dropLast(1), changed, Data("{}\n".utf8), Data(),
            try Data(contentsOf: shorter.appendingPathExtension("gz")),
        ]
        for (index, bytes) in damaged.enumerated() {
            let file = folder.url.appendingPathComponent("damaged-\(index)")
            try bytes.write(to: file)
            let empty = try AnyStore(kind)
            await #expect(throws: StoreError.self, "\(index)") { try await empty.store.restore(from: file.path) { _, _ in } }
            #expect(try await empty.store.read { try $0.size(.all) } == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func `what is finished goes to an archive and is removed, the rest stays`(_ kind: StoreKind)
        async throws
    {
        let any = try AnyStore(kind)
        try await fill(any)
        let folder = try TemporaryFolder()
        func retire(_ name: String, _ from: String, _ to: String) async throws -> ArchiveCounts {
            let path = folder.url.appendingPathComponent(name).path
            try await any.sealAll()
            return try await any.store.retire(from: from, to: to, archive: path, by: "tester", at: "t", sign: AnyStore.signer) { _, _ in }
        }
        #expect(try await retire("one", "2026-11-01", "2026-12-01") == ArchiveCounts(messages: 2))
        #expect(try await everything(any.store).0.map(\.message.id) == ["2", "4", "5"])
        #expect(try await any.store.read { try $0.content(.request, of: "1") } == nil)
        // Its facts are still what its state is made of.
        #expect(try await everything(any.store).1.first?.facts.map(\.fact) == ["one", "two"])
        #expect(try await retire("two", "2026-11-01", "2026-12-01") == ArchiveCounts())
        #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("two").path))
        try await any.store.write { try $0.endWork(5) }
        try await any.store.write { try $0.update(5, MessageChange(.acknowledged), at: "2026-12-01T00:00:02.000Z") }
        // The last message stays, so that no position is given twice.
        #expect(try await retire("three", "2026-11-01", "2026-12-03") == ArchiveCounts(messages: 1))
        #expect(try await retire("four", "2026-12-01", "2027-12-01") == ArchiveCounts(certificates: 1))
        #expect(try await everything(any.store).0.map(\.message.id) == ["2", "5"])
        #expect(try await everything(any.store).1.map(\.certificate.key.number) == ["CO-1", "CO-2", "CO-1"])
        #expect(try await any.store.read { try $0.content(.request, of: "2") } == [0, 1, 0xFF])
        // An id whose message was archived may be used again.
        #expect(try await any.store.write { try $0.insert(.sample("6")) } == .added(6))
        // Valid until November 2027.
        #expect(try await retire("five", "2026-12-01", "2027-10-01") == ArchiveCounts())
        #expect(try await any.store.read { try $0.oldest() } == "2026-11-22T10:00:00.000Z")
    }

    @Test(arguments: [StoreKind.sqliteFile, .postgresql]) func `nothing is removed that is not named first`(_ kind: StoreKind) async throws
    {
        let any = try AnyStore(kind)
        try await fill(any)
        for statement in ["DELETE FROM event WHERE message = 1", "DELETE FROM fact", "UPDATE event SET detail = 'x'"] {
            await #expect(throws: (any Error).self, "\(statement)") {
                try await any.store.write { transaction in
                    let connection = try #require(transaction as? SQLTransaction).connection
                    _ = try connection.change(SQLStatement(statement), [])
                }
            }
        }
    }
}
