import Foundation
import Support
import Synchronization
import Testing

@testable import Stores

/// How every store hands out what is to be done.
struct WorkConformanceTests {
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

    @Test(arguments: StoreKind.allCases) func `the last place of a lane is that of what waits for nothing`(_ kind: StoreKind) async throws {
        let any = try AnyStore(kind)
        #expect(try await any.store.write { try $0.lastPlace(.inbound, lane: 1) } == nil)
        for number in 1...3 { _ = try await any.add(.sample("\(number)", messageID: "m\(number)"), isAwaiting: number == 3) }
        #expect(try await any.store.write { try $0.lastPlace(.inbound, lane: 1) } == NewWork.place(of: 2))
        #expect(try await any.store.write { try $0.lastPlace(.outbound, lane: 1) } == nil)
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
                try transaction.endWaiting(message, place: NewWork.place(of: 3) + Int64(index) + 1, due: "2026-11-22T10:00:02.000Z")
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
}
