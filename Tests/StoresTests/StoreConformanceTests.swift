import Foundation
import Support
import Synchronization
import Testing

@testable import Stores

/// What every store must do.
struct StoreConformanceTests {
    @Test(arguments: StoreKind.allCases) func `an id is claimed once for each partner`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        #expect(try await any.add(.sample("1")) != nil)
        #expect(try await any.add(.sample("2", digest: "d2")) == nil)
        let holder = try await any.store.read { try $0.holder(.inbound, partner: "korea", messageID: "m1") }
        #expect(holder?.id == "1" && holder?.contentDigest == "d1")
        #expect(try await any.message("2") == nil)
        #expect(try await any.add(.sample("3", partner: "uruguay")) != nil)
        #expect(try await any.store.read { try $0.holder(.outbound, partner: "korea", messageID: "m1") } == nil)
    }

    @Test(arguments: StoreKind.allCases) func `a refused message claims nothing`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        for id in ["1", "2"] { #expect(try await any.add(.sample(id, state: .refused)) != nil) }
        #expect(try await any.store.read { try $0.holder(.inbound, partner: "korea", messageID: "m1") } == nil)
        #expect(try await any.add(.sample("3")) != nil)
    }

    @Test(arguments: StoreKind.allCases) func `a call whose answer was lost finds what it wrote`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        #expect(try await any.store.write { try $0.insert(.sample("1")) } == .added(1))
        #expect(try await any.store.write { try $0.insert(.sample("1")) } == .repeated)
        #expect(try await any.store.write { try $0.insert(.sample("2")) } == .taken)
        #expect(try await any.store.read { try $0.events(of: "1") }.count == 1)
    }

    @Test(arguments: [StoreKind.sqliteFile, .postgresql]) func `a statement that nobody waits for fails its transaction`(
        _ kind: StoreKind
    ) async throws {
        let any = try AnyStore(kind)
        for _ in 0..<3 {
            await #expect(throws: (any Error).self) {
                try await any.store.write { transaction in
                    _ = try transaction.insert(.sample("1"))
                    // There is no such message and no such certificate.
                    try transaction.addFact("x", of: 999, by: 999)
                }
            }
        }
        #expect(try await any.message("1") == nil)
        #expect(try await any.add(.sample("1")) != nil)
        #expect(try await any.take("10:00:01") == ["1"])
    }

    @Test(arguments: StoreKind.allCases) func `of many at once one claims`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        let added = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<40 { group.addTask { try await any.add(.sample("\(number)")) != nil } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(added == 1)
        #expect(try await any.store.read { try $0.messages(MessageQuery()) }.count == 1)
    }

    /// Two people who take up one parked message at two replicas: the second must see what the first did.
    @Test func `what is decided by a message's state is decided once`() async throws {
        let url = try PostgreSQLServer.shared.get().database()
        let replicas = try [PostgreSQLStore(url: url), PostgreSQLStore(url: url)]
        _ = try await replicas[0].write { try $0.insert(.sample("1", state: .parked)) }
        let isRead = Mutex(false)
        async let first: Void = replicas[0].write(.elsewhere) { transaction in
            let message = try #require(try transaction.message(id: "1"))
            isRead.withLock { $0 = true }
            usleep(300_000)
            try transaction.update(message.sequence, MessageChange(.accepted), at: "t")
        }
        while !isRead.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await replicas[1].write(.elsewhere) { try $0.message(id: "1") }?.state == .accepted)
        try await first
        for replica in replicas { await replica.close() }
    }

    @Test(arguments: StoreKind.allCases) func `a certificate of which nothing was said is no stray`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.store.write { try $0.lockCertificate(NewMessage.sample("1").key, at: "t") }
        #expect(try await any.store.read { try $0.strays(limit: 10) } == [])
    }

    @Test(arguments: StoreKind.allCases) func `bytes come back as they were`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1"))
        try await any.store.write { try $0.update(1, MessageChange(.accepted, contents: [.response: []]), at: "t") }
        let store = any.store
        #expect(try await store.read { try $0.content(.request, of: "1") } == [0, 1, 0xFF])
        #expect(try await store.read { try $0.content(.response, of: "1") } == [])
        #expect(try await store.read { try $0.content(.verification, of: "1") } == nil)
        #expect(try await Set(store.read { try $0.contentKinds(of: "1") }) == [.request, .dataset, .response])
        #expect(try await store.read { try $0.contentKinds(of: "2") } == [])
    }

    @Test(arguments: StoreKind.allCases) func `a transaction that fails leaves nothing`(_ kind: StoreKind) async throws {
        struct Stop: Error {}
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1"))
        await #expect(throws: Stop.self) {
            try await any.store.write { transaction in
                guard case .added(let sequence) = try transaction.insert(.sample("2", messageID: "m2")) else { return }
                var certificate = try transaction.lockCertificate(NewMessage.sample("1").key, at: "t")
                certificate.state = "issued"
                try transaction.update(certificate)
                try transaction.addFact("x", of: certificate.sequence, by: sequence)
                try transaction.update(1, MessageChange(.delivered), at: "t")
                try transaction.endWork(1)
                throw Stop()
            }
        }
        #expect(try await any.message("2") == nil)
        #expect(try await any.message("1")?.state == .accepted)
        #expect(try await any.store.read { try $0.certificate(NewMessage.sample("1").key) }?.state == "none")
        #expect(try await any.store.read { try $0.facts(of: 1) } == [])
        #expect(try await any.take("10:00:01") == ["1"])
        #expect(try await any.add(.sample("3", messageID: "m2")) != nil)
    }

    @Test(arguments: StoreKind.allCases) func `pages and filters`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        for number in 1...7 { _ = try await any.add(.sample("\(number)", messageID: "m\(number)", number: "CO-O\(number)")) }
        func ids(_ change: (inout MessageQuery) -> Void) async throws -> [String] {
            var query = MessageQuery(limit: 3)
            change(&query)
            let asked = query
            return try await any.store.read { try $0.messages(asked).map(\.id) }
        }
        #expect(try await ids { _ in } == ["7", "6", "5"])
        #expect(try await ids { $0.before = 5 } == ["4", "3", "2"])
        #expect(
            try await ids {
                $0.messageID = "m4"
                $0.certificateNumber = "co-o4"
                $0.partner = "korea"
                $0.direction = .inbound
                $0.operation = "send-co"
                $0.state = .accepted
                $0.from = "2026-11-22T10:00:00.000Z"
                $0.to = "2026-11-22T10:00:00.001Z"
            } == ["4"])
        #expect(try await ids { $0.certificateNumber = " CO－０4" } == ["4"])
        #expect(try await ids { $0.state = .parked } == [])
        #expect(try await ids { $0.to = "2026-11-22T10:00:00.000Z" } == [])
    }

    @Test(arguments: StoreKind.allCases) func `pages follow the time received, and go on where their last message is gone`(
        _ kind: StoreKind
    ) async throws {
        let any = try AnyStore(kind)
        // As they are written where replicas take turns: 2 and 3 came at once, 4 before them, and 5 with a clock set back.
        for (id, time) in [("1", "10:00:01"), ("2", "10:00:03"), ("3", "10:00:03"), ("4", "10:00:02"), ("5", "09:00:00")] {
            let message = NewMessage.sample(id, messageID: "m" + id, number: "CO-" + id, receivedAt: "2026-11-22T\(time).000Z")
            _ = try await any.add(message, due: nil)
        }
        func pages(_ change: (inout MessageQuery) -> Void = { _ in }) async throws -> [[String]] {
            var pages: [[String]] = []
            var query = MessageQuery(limit: 2)
            change(&query)
            while pages.count < 9 {
                let asked = query
                let page = try await any.store.read { try $0.messages(asked) }
                if page.isEmpty { break }
                pages.append(page.map(\.id))
                query.before = page.last?.sequence
            }
            return pages
        }
        #expect(try await pages() == [["3", "2"], ["4", "1"], ["5"]])
        #expect(try await pages { $0.partner = "korea" } == [["3", "2"], ["4", "1"], ["5"]])
        #expect(try await pages { $0.from = "2026-11-22T10:00:02.000Z" } == [["3", "2"], ["4"]])
        #expect(try await pages { ($0.operation, $0.to) = ("send-co", "2026-11-22T10:00:03.000Z") } == [["4", "1"], ["5"]])
        #expect(try await pages { ($0.direction, $0.state) = (.inbound, .accepted) } == [["3", "2"], ["4", "1"], ["5"]])
        #expect(try await pages { $0.state = .delivered } == [])
        // No place to go on from, and one that is gone.
        #expect(try await any.store.read { try $0.messages(before(0)) } == [])
        for sequence in [4, 2] as [Int64] { try await any.store.write { try $0.endWork(sequence) } }
        try await any.store.write { try $0.remove(message: 4) }
        #expect(try await any.store.read { try $0.messages(before(4)).map(\.id) } == ["3", "2", "1", "5"])
        try await any.store.write { try $0.remove(message: 2) }
        #expect(try await any.store.read { try $0.messages(before(2)).map(\.id) } == ["1", "5"])
    }

    private func before(_ position: Int64) -> MessageQuery {
        var query = MessageQuery()
        query.before = position
        return query
    }

    @Test(arguments: StoreKind.allCases) func `certificates and their facts`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        let keys = [("korea", "CO-1O", Direction.inbound), ("korea", "CO-10", .inbound), ("peru", "CO-10", .outbound)].map {
            CertificateKey(partner: $0.0, side: $0.2, number: $0.1)
        }
        _ = try await any.add(.sample("1", number: "CO-1O"))
        try await any.store.write { transaction in
            for key in keys {
                var certificate = try transaction.lockCertificate(key, at: "t1")
                #expect(certificate.state == "none" && certificate.version == nil && certificate.treatment == "NONE")
                certificate.state = "issued"
                certificate.version = "2"
                certificate.validUntil = "2027-01-31"
                certificate.treatment = "GRANTED"
                certificate.updatedAt = "t2"
                try transaction.update(certificate)
                #expect(try transaction.lockCertificate(key, at: "t3") == certificate)
                #expect(try transaction.certificate(key) == certificate)
            }
            let first = try transaction.lockCertificate(keys[0], at: "t4")
            try transaction.addFact("one", of: first.sequence, by: 1)
            try transaction.addFact("two", of: first.sequence, by: 1)
            #expect(try transaction.facts(of: first.sequence) == ["one"])
        }
        // By what a person typed, all that may be meant are found.
        #expect(try await any.store.read { try $0.certificates(number: "co–1o ") }.map(\.key.number) == ["CO-10", "CO-10", "CO-1O"])
        #expect(try await any.store.read { try $0.certificates(number: "CO-11") } == [])
    }

    @Test(arguments: StoreKind.allCases) func `a certificate is opened once, in the state that it has`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        let key = CertificateKey(partner: "korea", side: .inbound, number: "CO-1")
        var opened = CertificateRecord(of: key, at: "t1")
        (opened.state, opened.version, opened.validUntil, opened.treatment) = ("issued", "2", "2027-01-31", "PENDING")
        let first = opened
        let position = try await any.store.write { try $0.insert(first) }
        #expect(position != nil)
        let kept = try await any.store.read { try $0.certificate(key) }
        #expect(kept == position.map { first.placed(at: $0) })
        opened.state = "canceled"
        let second = opened
        #expect(try await any.store.write { try $0.insert(second) } == nil)
        #expect(try await any.store.write { try $0.lockCertificate(key, at: "t2") } == kept)
        // Another side, another certificate.
        let other = CertificateRecord(of: CertificateKey(partner: "korea", side: .outbound, number: "CO-1"), at: "t1")
        let otherPosition = try await any.store.write { try $0.insert(other) }
        #expect(otherPosition != nil && otherPosition != position)
        // Of a transaction that failed nothing stays.
        let failed = CertificateRecord(of: CertificateKey(partner: "korea", side: .inbound, number: "CO-2"), at: "t1")
        await #expect(throws: StoreError.self) {
            try await any.store.write { transaction in
                _ = try transaction.insert(failed)
                throw StoreError("no")
            }
        }
        #expect(try await any.store.read { try $0.certificate(failed.key) } == nil)
    }

    @Test(arguments: StoreKind.allCases) func `signers seen and refusals, newest first`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1", receivedAt: "2026-11-22T10:00:00.000Z"))
        _ = try await any.add(.sample("2", messageID: "m2", receivedAt: "2026-11-22T11:00:00.000Z"))
        _ = try await any.add(.sample("3", state: .refused, receivedAt: "2026-11-22T12:00:00.000Z"))
        #expect(
            try await any.store.read { try $0.signersSeen() }
                == [SignerSeen(partner: "korea", fingerprint: "f", lastAt: "2026-11-22T11:00:00.000Z")])
        for number in 0..<5 {
            let note = RefusalNote(at: "t", code: "c\(number)", correlationID: "x", peer: "127.0.0.1", digest: "d")
            try await any.store.write { try $0.noteRefusal(note) }
        }
        #expect(try await any.store.read { try $0.refusals(limit: 2) }.map(\.code) == ["c4", "c3"])
        try await any.store.write { try $0.checkWritable() }
    }
}
