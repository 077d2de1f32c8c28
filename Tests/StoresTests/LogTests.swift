import Foundation
import Support
import Testing

@testable import Stores

/// What the sealed log is made of: records that wait for a seal, seals, changes, tallies.
struct LogTests {
    private func seal(_ number: Int64, isToBeStamped: Bool = false) -> StoredSeal {
        StoredSeal(
            number: number, at: "2026-11-22T10:0\(number):00.000Z", statement: [UInt8(number)], leaves: [1, 2, 3],
            isToBeStamped: isToBeStamped,
            signature: Array("signed".utf8))
    }

    @Test(arguments: StoreKind.allCases) func `every write of a record waits for a seal, once`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1"))
        try await any.store.write { transaction in
            try transaction.update(1, MessageChange(.delivered, attempts: .oneMore, signer: "s"), at: "t1")
            try transaction.note(1, .delivered, "a note", at: "t2")
            for _ in 1...2 { try transaction.addFact("fact", of: 1, by: 1) }
            try transaction.noteRefusal(RefusalNote(at: "t", code: "signature-wrong", correlationID: "c", peer: "p", digest: "d"))
            try transaction.note(ChangeNote(at: "t", actor: "a", action: "retry", detail: "1"))
        }
        let keys = [
            LogKey(.event, 1, 1), LogKey(.event, 1, 2), LogKey(.event, 1, 3), LogKey(.fact, 1, 1), LogKey(.refusal, 1), LogKey(.change, 1),
        ]
        #expect(try await any.store.read { try $0.unsealed(limit: 100) }.map(\.key) == keys)
        let logged = try #require(try await any.store.read { try $0.logged(messages: [1, 7]) }[1])
        #expect(logged.events.map(\.number) == [1, 2, 3] && logged.claims && logged.isToBeDone)
        #expect(logged.numberKey == NumberKey.key(of: "CO-1"))
        #expect(logged.events[2].event.written == nil)
        let written = try #require(logged.events[0].event.written.flatMap(WrittenWith.init))
        #expect(written.contents[.request]?.hex == "26a66b061e8f48f39927c312f25293959729eee95978e2892d49d3512a5cc092")
        #expect(written.signer == "f" && written.bodyDigest == "b" && written.attempts == .none)
        #expect(logged.events[1].event.written.flatMap(WrittenWith.init)?.attempts == .oneMore)
        for kind in LogKind.allCases {
            let expected = keys.filter { $0.kind == kind }
            #expect(try await any.store.read { try $0.recordCounts(kind) } == [0: expected.count])
            #expect(try await any.store.read { try $0.recordKeys(kind, block: 0) } == expected)
        }
        #expect(try await any.store.read { try $0.strays(limit: 10) } == [])
        #expect(try await any.store.read { try $0.contents(of: [1]) }[1] == [.request: [0, 1, 0xFF], .dataset: Array("{}".utf8)])
    }

    @Test(arguments: StoreKind.allCases) func `seals follow one another, and are stamped once`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1"))
        let positions = try await any.store.read { try $0.unsealed(limit: 10) }
        let subject = Tally.Subject(hour: "2026-11-22T10", direction: .inbound, partner: "korea", operation: "send-co", outcome: "accepted")
        let (one, two) = (seal(1), seal(2, isToBeStamped: true))
        #expect(try await any.store.write { try $0.add(two, covering: positions, tallies: []) } == false)
        #expect(try await any.store.write { try $0.add(one, covering: positions, tallies: [Tally(subject, count: 2)]) })
        #expect(try await any.store.read { try $0.unsealed(limit: 10) }.isEmpty)
        #expect(try await any.store.write { try $0.add(one, covering: [], tallies: []) } == false)
        await #expect(throws: StoreError.self) { try await any.store.write { try $0.add(two, covering: positions, tallies: []) } }
        #expect(try await any.store.write { try $0.add(two, covering: [], tallies: [Tally(subject, count: 3)]) })
        #expect(try await any.store.read { try $0.tallies(from: "2026-11-22T10", to: "2026-11-22T11") } == [Tally(subject, count: 5)])
        #expect(try await any.store.read { try $0.unstamped(limit: 9) } == [two])
        for stamp: [UInt8] in [[9], [8]] { try await any.store.write { try $0.stamp(seal: 2, with: stamp) } }
        let state = try await any.store.read { try $0.sealingState() }
        #expect(state == SealingState(seals: 2, sealedAt: two.at, unsealed: 0, unstamped: 0))
        #expect(try await any.store.read { try $0.seals(after: 0, limit: 9) }.map(\.stamp) == [nil, [9]])
        #expect(try await any.store.read { try $0.firstSeal(from: "2026-11-22T10:01:30.000Z") } == 2)
    }

    @Test(arguments: StoreKind.allCases) func `a place on the list that was given anew is not taken for the old one`(_ kind: StoreKind)
        async throws
    {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1"))
        let old = try await any.store.read { try $0.unsealed(limit: 10) }
        let other = old.map { UnsealedRecord(position: $0.position, key: LogKey(.refusal, 77)) }
        let first = seal(1)
        await #expect(throws: StoreError.self) { try await any.store.write { try $0.add(first, covering: other, tallies: []) } }
        #expect(try await any.store.read { try $0.unsealed(limit: 10) } == old)
    }

    @Test(arguments: StoreKind.allCases) func `a backup holds seals, changes and what waits`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1"))
        let positions = try await any.store.read { try $0.unsealed(limit: 10) }
        let first = seal(1)
        _ = try await any.store.write { try $0.add(first, covering: positions, tallies: []) }
        _ = try await any.add(.sample("2", messageID: "m2"))
        try await any.store.write { try $0.note(ChangeNote(at: "t", actor: "a", action: "start", detail: "")) }
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("backup.jsonl.gz").path
        _ = try await any.store.backUp(to: path, at: "2026-12-01T00:00:00.000Z") { _, _ in }
        for other in StoreKind.allCases {
            let restored = try AnyStore(other)
            _ = try await restored.store.restore(from: path) { _, _ in }
            #expect(try await restored.store.read { try $0.seals(after: 0, limit: 9) } == [first])
            #expect(try await restored.store.read { try $0.unsealed(limit: 9) }.map(\.key) == [LogKey(.event, 2, 1), LogKey(.change, 1)])
            #expect(try await restored.store.read { try $0.changes(before: nil, limit: 9) }.map(\.note.action) == ["start"])
            let (one, two) = (
                try await any.store.read { try $0.logged(messages: [1, 2]) },
                try await restored.store.read { try $0.logged(messages: [1, 2]) }
            )
            #expect(one.mapValues(\.events) == two.mapValues(\.events))
        }
    }

    @Test(arguments: StoreKind.allCases) func `what is not sealed is not removed, and who removed the rest is recorded`(_ kind: StoreKind)
        async throws
    {
        let any = try AnyStore(kind)
        for number in 1...3 {
            _ = try await any.add(
                .sample("\(number)", messageID: "m\(number)", state: .refused, receivedAt: "2026-11-2\(number)T00:00:00.000Z"))
        }
        let folder = try TemporaryFolder()
        func retire(_ name: String) async throws -> ArchiveCounts {
            let path = folder.url.appendingPathComponent(name).path
            return try await any.store.retire(
                from: "2026-11-01", to: "2026-12-01", archive: path, by: "tester", at: "t", sign: AnyStore.signer
            ) { _, _ in }
        }
        #expect(try await retire("one") == ArchiveCounts())
        let positions = try await any.store.read { try $0.unsealed(limit: 10) }
        let first = seal(1)
        _ = try await any.store.write { try $0.add(first, covering: Array(positions.prefix(2)), tallies: []) }
        #expect(try await retire("two") == ArchiveCounts(messages: 2))
        let changes = try await any.store.read { try $0.changes(Retirement.action) }
        #expect(changes.map(\.note.actor) == ["tester"] && changes.map(\.note.detail) == ["messages 1-2 to two signed AQ=="])
        #expect(changes.compactMap { Retirement($0.note) }.map(\.messages) == [[1...2]])
    }
}
