import Support
import Testing

@testable import Stores

/// What every store must do; a store is added by one line.
struct MessageStoreTests {
    enum Kind: CaseIterable, Sendable { case sqliteFile, sqliteMemory }

    private func open(_ kind: Kind, _ folder: TemporaryFolder) throws -> any MessageStore {
        switch kind {
        case .sqliteFile: try SQLiteStore(path: folder.url.appendingPathComponent("store.sqlite").path)
        case .sqliteMemory: try SQLiteStore()
        }
    }

    private func message(
        _ id: String, messageID: String = "m1", digest: String = "d1", state: TransportState = .accepted, partner: String = "korea"
    ) -> NewMessage {
        NewMessage(
            id: id, direction: .inbound, partner: partner, operation: "send-co", messageID: messageID, contentDigest: digest,
            certificateNumber: "CO-1", state: state, correlationID: "c-" + id, receivedAt: "2026-11-22T10:00:00.000Z", signer: "f",
            bodyDigest: "b", contents: [.request: [0, 1, 0xFF], .dataset: Array("{}".utf8)])
    }

    @Test(arguments: Kind.allCases) func `an id is claimed once for each partner`(_ kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let store = try open(kind, folder)
        guard case .added = try await store.add(message("1"), work: .none) else { return #expect(Bool(false)) }
        guard case .taken(let earlier) = try await store.add(message("2", digest: "d2"), work: .none) else { return #expect(Bool(false)) }
        #expect(earlier.id == "1" && earlier.contentDigest == "d1")
        #expect(try await store.message(id: "2") == nil)
        guard case .added = try await store.add(message("3", partner: "uruguay"), work: .none) else { return #expect(Bool(false)) }
        #expect(try await store.claimed(.inbound, partner: "korea", messageID: "m1")?.id == "1")
        #expect(try await store.claimed(.outbound, partner: "korea", messageID: "m1") == nil)
    }

    @Test(arguments: Kind.allCases) func `a refused message claims nothing`(_ kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let store = try open(kind, folder)
        for id in ["1", "2"] { _ = try await store.add(message(id, state: .refused), work: .none) }
        #expect(try await store.claimed(.inbound, partner: "korea", messageID: "m1") == nil)
        guard case .added = try await store.add(message("3"), work: .none) else { return #expect(Bool(false)) }
    }

    @Test(arguments: Kind.allCases) func `of many at once one claims`(_ kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let store = try open(kind, folder)
        let added = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    if case .added = try await store.add(message("\(number)"), work: .due(at: "2026-11-22T10:00:00.000Z")) {
                        true
                    } else {
                        false
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(added == 1)
        #expect(try await store.messages(MessageQuery()).count == 1)
    }

    @Test(arguments: Kind.allCases) func `bytes come back as they were`(_ kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let store = try open(kind, folder)
        _ = try await store.add(message("1"), work: .none)
        #expect(try await store.content(.request, of: "1") == [0, 1, 0xFF])
        #expect(try await store.content(.response, of: "1") == nil)
    }

    @Test(arguments: Kind.allCases) func `work is leased, comes again after the lease, and ends`(_ kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let store = try open(kind, folder)
        _ = try await store.add(message("1"), work: .due(at: "2026-11-22T10:00:00.000Z"))
        func take(_ now: String) async throws -> [String] {
            try await store.takeWork(.inbound, now: "2026-11-22T\(now).000Z", leaseUntil: "2026-11-22T10:05:00.000Z", limit: 10).map(\.id)
        }
        #expect(try await take("09:59:59") == [])
        #expect(try await take("10:00:00") == ["1"])
        #expect(try await take("10:00:01") == [])
        #expect(try await take("10:05:01") == ["1"])
        try await store.finish(
            "1", WorkOutcome(.accepted, detail: "503", retryAt: "2026-11-22T10:10:00.000Z"), at: "2026-11-22T10:05:02.000Z")
        #expect(try await take("10:09:59") == [])
        #expect(try await take("10:10:00") == ["1"])
        try await store.finish("1", WorkOutcome(.delivered), at: "2026-11-22T10:10:01.000Z")
        #expect(try await take("11:00:00") == [])
        let message = try #require(try await store.message(id: "1"))
        #expect(message.state == .delivered && message.attempts == 2)
        #expect(try await store.events(of: "1").map(\.state) == [.accepted, .accepted, .delivered])
    }

    @Test(arguments: Kind.allCases) func `pages and filters`(_ kind: Kind) async throws {
        let folder = try TemporaryFolder()
        let store = try open(kind, folder)
        for number in 1...7 { _ = try await store.add(message("\(number)", messageID: "m\(number)"), work: .none) }
        var query = MessageQuery(limit: 3)
        let first = try await store.messages(query)
        #expect(first.map(\.id) == ["7", "6", "5"])
        query.before = first.last?.sequence
        #expect(try await store.messages(query).map(\.id) == ["4", "3", "2"])
        query = MessageQuery()
        query.messageID = "m4"
        query.certificateNumber = "CO-1"
        query.partner = "korea"
        query.from = "2026-11-22T10:00:00.000Z"
        query.to = "2026-11-22T10:00:00.001Z"
        #expect(try await store.messages(query).map(\.id) == ["4"])
        query.state = .parked
        #expect(try await store.messages(query).isEmpty)
    }

    @Test func `the file survives its process and waits for the disk`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("store.sqlite").path
        do {
            let store = try SQLiteStore(path: path)
            #expect(try await store.synchronousLevel() == 2)
            _ = try await store.add(message("1"), work: .due(at: "2026-11-22T10:00:00.000Z"))
        }
        let again = try SQLiteStore(path: path)
        #expect(try await again.message(id: "1")?.state == .accepted)
        #expect(try await again.takeWork(.inbound, now: "2026-11-23", leaseUntil: "2026-11-24", limit: 1).count == 1)
    }

    @Test func `refusals of strangers are kept, newest first`() async throws {
        let store = try SQLiteStore()
        for number in 0..<5 {
            try await store.noteRefusal(RefusalNote(at: "t", code: "c\(number)", correlationID: "x", peer: "127.0.0.1", digest: "d"))
        }
        #expect(try await store.refusals(limit: 2).map(\.code) == ["c4", "c3"])
    }
}
