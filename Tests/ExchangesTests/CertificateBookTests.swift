import Foundation
import Stores
import Support
import Synchronization
import Testing
import XML

@testable import Exchanges

/// What messages say of certificates, kept in a store: every record follows from its facts, and no order makes a difference.
struct CertificateBookTests {
    /// What one message says of one certificate.
    private struct Said: Sendable {
        let number: String
        let fact: CertificateFact
    }

    @Test(arguments: 0..<300) func `both sides come to the same certificates in whatever order they hear of them`(_ seed: UInt64)
        async throws
    {
        var generator = SeededGenerator(seed: seed)
        let said = CertificateBookTests.history(&generator)
        let one = try await CertificateBookTests.records(of: said, order: Array(said.indices))
        for _ in 0..<4 {
            let order = [0] + Array(1..<said.count).shuffled(using: &generator)
            let other = try await CertificateBookTests.records(of: said, order: order)
            #expect(one == other, "\(order.map { said[$0] })")
        }
    }

    /// Of A, which is issued first, of B, which may take its place, and of C, which may take the place of either.
    private static func history(_ generator: inout SeededGenerator) -> [Said] {
        var said = [Said(number: "A", fact: .issued(edition(&generator), message: "m0"))]
        var notified: [String: [String]] = [:]
        for index in 1..<Int.random(in: 4..<14, using: &generator) {
            let (number, message) = (["A", "A", "B"].randomElement(using: &generator)!, "m\(index)")
            let at = TestIdentity.now.adding(seconds: Int64.random(in: 0..<5, using: &generator))
            let fact: CertificateFact
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: fact = .issued(edition(&generator), message: message)
            case 1: fact = .corrected(edition(&generator), message: message, at: at)
            case 2: fact = .cancelationNotified(message: message, at: at)
            case 3...5:
                let other = number == "A" && Bool.random(using: &generator) ? "B" : "C"
                fact = .replacementNotified(by: other, edition(&generator), message: message, at: at)
                notified[number, default: []].append(message)
            default:
                guard let asked = notified[number]?.randomElement(using: &generator) else { continue }
                let isCanceled = Int.random(in: 0..<3, using: &generator) > 0
                fact = .answered(CancelationAnswer(isCanceled: isCanceled, reason: nil, respondsTo: asked, message: message, at: at))
            }
            said.append(Said(number: number, fact: fact))
        }
        return said
    }

    private static func edition(_ generator: inout SeededGenerator) -> CertificateFact.Edition {
        CertificateFact.Edition(version: "\(Int.random(in: 1..<5, using: &generator))", validUntil: nil)
    }

    private static func records(of said: [Said], order: [Int]) async throws -> [String] {
        let store = MemoryStore()
        for (position, index) in order.enumerated() {
            let (number, fact) = (said[index].number, said[index].fact)
            try await store.write { transaction in
                let book = CertificateBook(transaction: transaction, now: TestIdentity.now)
                let key = CertificateKey(partner: "korea", side: .inbound, number: number)
                if case .issued = fact {
                    _ = try book.recordIssue(fact, by: Int64(position + 1), of: key)
                } else {
                    let certificate = try transaction.lockCertificate(key, at: TestIdentity.now.text)
                    try book.record(fact, by: Int64(position + 1), in: certificate)
                }
            }
        }
        return try await store.read { reading in
            try ["A", "B", "C"].compactMap { number in
                guard let record = try reading.certificate(CertificateKey(partner: "korea", side: .inbound, number: number)) else {
                    return nil
                }
                #expect(try record.follows(from: reading.facts(of: record.sequence)), "\(record)")
                return record.state == "none" ? nil : "\(number): \(record.state) \(record.version ?? "")"
            }
        }
    }

    /// Its position in the log is earlier, but the other was known first and is being delivered.
    @Test func `a certificate that comes twice at once is delivered one after the other`() async throws {
        let store = try PostgreSQLStore(url: PostgreSQLServer.shared.get().database(), connections: 3)
        let isWritten = Mutex(false)
        let goesOn = DispatchSemaphore(value: 0)
        async let first: Void = store.write(.elsewhere) { transaction in
            try CertificateBookTests.issue("1", version: "1", transaction) {
                isWritten.withLock { $0 = true }
                goesOn.wait()
            }
        }
        while !isWritten.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        try await store.write(.elsewhere) { try CertificateBookTests.issue("2", version: "2", $0) {} }
        #expect(try await CertificateBookTests.take(store) == ["2"])
        goesOn.signal()
        try await first
        #expect(try await CertificateBookTests.take(store) == [])
        try await store.write { transaction in
            for message in try transaction.messages(MessageQuery()) where message.id == "2" { try transaction.endWork(message.sequence) }
        }
        #expect(try await CertificateBookTests.take(store) == ["1"])
        await store.close()
    }

    private static func issue(_ id: String, version: String, _ transaction: any StoreTransaction, _ pause: () -> Void) throws {
        let now = TestIdentity.now
        let message = NewMessage(
            id: id, direction: .inbound, partner: "korea", operation: "send-co", messageID: "m" + id, contentDigest: id,
            certificateNumber: "A", state: .accepted, correlationID: id, receivedAt: now.text, contents: [:])
        guard case .added(let position) = try transaction.insert(message) else { throw StoreError("message \(id) was not added") }
        pause()
        let (lane, place) = try CertificateBook(transaction: transaction, now: now).recordIssue(
            .issued(CertificateFact.Edition(version: version, validUntil: nil), message: message.messageID), by: position,
            of: CertificateKey(partner: "korea", side: .inbound, number: "A"))
        try transaction.queue(NewWork(message: position, direction: .inbound, lane: lane, due: now.text, place: place))
    }

    private static func take(_ store: any MessageStore) async throws -> [String] {
        let lease = Lease(owner: "o", until: TestIdentity.now.adding(seconds: 60).text)
        return try await store.write { transaction in
            try transaction.takeWork(.inbound, now: TestIdentity.now.text, lease: lease, limit: 9, except: []).map(\.id)
        }
    }
}
