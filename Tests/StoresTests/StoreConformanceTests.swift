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

    /// Two people who take up one parked message: the second must see what the first did.
    @Test(arguments: [StoreKind.sqliteFile, .postgresql]) func `what is decided by a message's state is decided once`(
        _ kind: StoreKind
    ) async throws {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1", state: .parked))
        let resumed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await any.store.write(.elsewhere) { transaction in
                        guard let message = try transaction.message(id: "1"), message.state == .parked else { return false }
                        // Longer than the store waits until another of its connections helps.
                        usleep(60_000)
                        try transaction.update(message.sequence, MessageChange(.accepted), at: "t")
                        return true
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(resumed == 1)
    }

    /// A person gives up what waits while its certificate comes.
    @Test func `what is being given up does not wait any more`() async throws {
        let any = try AnyStore(.postgresql)
        let waiting = try #require(try await any.add(.sample("1", state: .parked), isAwaiting: true))
        #expect(try await any.store.write { try $0.awaiting(.inbound, lane: 1) } == [waiting])
        let isGivenUp = Mutex(false)
        async let giving: Void = any.store.write(.elsewhere) { transaction in
            try transaction.update(waiting, MessageChange(.abandoned), at: "t")
            try transaction.endWork(waiting)
            // What is sent ahead has then been done.
            #expect(try transaction.message(id: "1")?.state == .abandoned)
            isGivenUp.withLock { $0 = true }
            usleep(300_000)
        }
        while !isGivenUp.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await any.store.write(.elsewhere) { try $0.awaiting(.inbound, lane: 1) } == [])
        try await giving
    }

    /// Two partners; one message waits behind a parked one for longest.
    @Test(arguments: StoreKind.allCases) func `the oldest that can be taken is taken first, whoever's it is`(_ kind: StoreKind) async throws
    {
        let any = try AnyStore(kind)
        let work: [(id: String, partner: String, number: String, due: String?)] = [
            ("1", "korea", "CO-1", nil), ("2", "korea", "CO-1", "2026-11-22T10:00:00.000Z"),
            ("3", "korea", "CO-2", "2026-11-22T10:00:05.000Z"), ("4", "uruguay", "CO-3", "2026-11-22T10:00:02.000Z"),
            ("5", "chile", "CO-4", "2026-11-22T10:00:09.000Z"), ("6", "uruguay", "CO-5", "2026-11-22T10:00:07.000Z"),
        ]
        for (id, partner, number, due) in work {
            _ = try await any.add(.sample(id, messageID: "m" + id, partner: partner, number: number), due: due)
        }
        let (now, lease) = ("2026-11-22T10:00:10.000Z", Lease(owner: "a", until: "2026-11-22T10:01:00.000Z"))
        var taken: [String] = []
        for _ in 0..<3 {
            taken += try await any.store.write { try $0.takeWork(.inbound, now: now, lease: lease, limit: 1, except: []) }.map(\.id)
        }
        #expect(taken == ["4", "3", "6"])
        #expect(try await any.store.write { try $0.takeWork(.inbound, now: now, lease: lease, limit: 9, except: ["chile"]) } == [])
        let last = try await any.store.write { try $0.takeWork(.inbound, now: now, lease: lease, limit: 9, except: ["korea", "uruguay"]) }
        #expect(last.map(\.id) == ["5"])
    }

    @Test(arguments: StoreKind.allCases) func `a certificate of which nothing was said is no stray`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.store.write { try $0.lockCertificate(NewMessage.sample("1").key, at: "t") }
        #expect(try await any.store.read { try $0.strays(limit: 10) } == [])
    }

    @Test(arguments: StoreKind.allCases) func `the last place of a lane is that of what waits for nothing`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        #expect(try await any.store.write { try $0.lastPlace(.inbound, lane: 1) } == nil)
        for number in 1...3 { _ = try await any.add(.sample("\(number)", messageID: "m\(number)"), isAwaiting: number == 3) }
        #expect(try await any.store.write { try $0.lastPlace(.inbound, lane: 1) } == NewWork.place(of: 2))
        #expect(try await any.store.write { try $0.lastPlace(.outbound, lane: 1) } == nil)
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

    @Test(arguments: StoreKind.allCases) func `work is leased, comes again after the lease, and ends`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1"))
        #expect(try await any.take("09:59:59") == [])
        #expect(try await any.take("10:00:00") == ["1"])
        #expect(try await any.take("10:00:01") == [])
        try await any.store.write { try $0.renewLease(Lease(owner: "a", until: "2026-11-22T10:06:00.000Z"), of: 1) }
        #expect(try await any.take("10:05:01") == [])
        #expect(try await any.take("10:06:01", owner: "b", until: "10:20:00") == ["1"])
        // Who has lost it renews nothing.
        try await any.store.write { try $0.renewLease(Lease(owner: "a", until: "2026-11-22T23:00:00.000Z"), of: 1) }
        try await any.store.write { try $0.dropLeases(of: "a") }
        #expect(try await any.take("10:06:02") == [])
        try await any.store.write { try $0.dropLeases(of: "b") }
        #expect(try await any.take("10:06:03") == ["1"])
        try await any.store.write { try $0.dropLeases(of: "") }
        #expect(try await any.take("10:06:04") == ["1"])
        try await any.store.write { transaction in
            try transaction.update(1, MessageChange(.accepted, detail: "503", attempts: .oneMore), at: "2026-11-22T10:07:00.000Z")
            // Who has lost the lease says nothing of what comes next.
            #expect(try !transaction.reschedule(1, due: "2026-11-22T10:07:00.000Z", heldBy: "b"))
            #expect(try transaction.reschedule(1, due: "2026-11-22T10:10:00.000Z", heldBy: "a"))
            #expect(try !transaction.reschedule(1, due: "2026-11-22T10:07:00.000Z", heldBy: "a"))
        }
        #expect(try await any.take("10:09:59") == [])
        #expect(try await any.take("10:10:00") == ["1"])
        try await any.store.write { transaction in
            try transaction.update(1, MessageChange(.delivered, attempts: .oneMore), at: "2026-11-22T10:10:01.000Z")
            try transaction.endWork(1)
        }
        #expect(try await any.take("11:00:00") == [])
        let message = try #require(try await any.message("1"))
        #expect(message.state == .delivered && message.attempts == 2 && message.detail == nil)
        #expect(message.updatedAt == "2026-11-22T10:10:01.000Z" && message.receivedAt == "2026-11-22T10:00:00.000Z")
        #expect(try await any.store.read { try $0.events(of: "1") }.map(\.state) == [.accepted, .accepted, .delivered])
    }

    @Test(arguments: StoreKind.allCases) func `a lane is done in its order, lanes beside one another`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        for (id, number) in [("1", "A"), ("2", "A"), ("3", "B"), ("4", "A")] {
            _ = try await any.add(.sample(id, messageID: "m" + id, number: number))
        }
        _ = try await any.add(.sample("5", number: "A", direction: .outbound))
        #expect(try await any.take("10:00:00", except: ["korea", "japan"]) == [])
        #expect(try await any.take("10:00:01", except: ["japan"]) == ["1", "3"])
        #expect(try await any.take("10:00:02", direction: .outbound) == ["5"])
        // Parked: what comes behind it waits for a person too.
        #expect(try await any.store.write { try $0.reschedule(1, due: nil, heldBy: nil) })
        #expect(try await any.take("10:00:03") == [])
        let depth = try #require(try await any.store.read { try $0.workDepth() }.first { $0.direction == .inbound })
        #expect(depth.parked == 1 && depth.waiting == 3 && depth.awaiting == 0 && depth.oldest == "2026-11-22T10:00:00.000Z")
        #expect(try await any.store.write { try $0.reschedule(1, due: "2026-11-22T10:00:00.000Z", heldBy: nil) })
        #expect(try await any.take("10:00:04") == ["1"])
        try await any.store.write { try $0.endWork(1) }
        #expect(try await any.take("10:00:05") == ["2"])
    }

    @Test(arguments: StoreKind.allCases) func `what waits for its certificate holds up nobody and follows it`(_ kind: StoreKind)
        async throws
    {
        let any = try AnyStore(kind)
        _ = try await any.add(.sample("1", messageID: "m1", state: .held), due: "2026-11-23T00:00:00.000Z", isAwaiting: true)
        _ = try await any.add(.sample("2", messageID: "m2", state: .held), due: "2026-11-23T00:00:00.000Z", isAwaiting: true)
        #expect(try await any.store.read { try $0.overdue(now: "2026-11-22T23:59:59.999Z", limit: 5) }.map(\.id) == [])
        #expect(try await any.store.read { try $0.overdue(now: "2026-11-23T00:00:00.000Z", limit: 5) }.map(\.id).sorted() == ["1", "2"])
        _ = try await any.add(.sample("3", messageID: "m3"))
        #expect(try await any.take("10:00:01") == ["3"])
        let waiting = try await any.store.write { transaction in
            let waiting = try transaction.awaiting(.inbound, lane: 1)
            for (index, message) in waiting.enumerated() {
                try transaction.endWaiting(message, place: NewWork.place(of: 3, behind: index + 1), due: "2026-11-22T10:00:02.000Z")
            }
            return waiting
        }
        #expect(waiting == [1, 2])
        #expect(try await any.take("10:00:03") == [])
        try await any.store.write { try $0.endWork(3) }
        #expect(try await any.take("10:00:04") == ["1"])
        try await any.store.write { try $0.endWork(1) }
        #expect(try await any.take("10:00:05") == ["2"])
    }

    @Test(arguments: StoreKind.allCases) func `many workers take each piece of work once`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        for number in 1...60 { _ = try await any.add(.sample("\(number)", messageID: "m\(number)", number: "CO-\(number % 20)")) }
        let done = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<6 {
                group.addTask {
                    var done: [String] = []
                    var empty = 0
                    while empty < 20 {
                        let taken = try await any.take("10:00:01", owner: "w\(worker)", limit: 3)
                        empty = taken.isEmpty ? empty + 1 : 0
                        for id in taken {
                            try await any.store.write { transaction in
                                guard let message = try transaction.message(id: id) else { return }
                                try transaction.endWork(message.sequence)
                            }
                        }
                        done += taken
                        if taken.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                    }
                    return done
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(done.count == 60 && Set(done).count == 60)
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
