import Foundation
import Support

@testable import Stores

/// Every store there is, each for a test of its own.
enum StoreKind: CaseIterable, Sendable { case memory, sqliteFile, sqliteMemory, postgresql }

/// A store, and the folder that it stands in.
struct AnyStore: Sendable {
    let store: any MessageStore
    private let folder: TemporaryFolder

    /// Signs notes of archives, whose signatures the stores only keep.
    static let signer: Retirement.Signer = { _ in [1] }

    init(_ kind: StoreKind) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        store =
            switch kind {
            case .memory: MemoryStore()
            case .sqliteFile: try SQLiteStore(path: folder.url.appendingPathComponent("store.sqlite").path)
            case .sqliteMemory: try SQLiteStore()
            case .postgresql: try PostgreSQLStore(url: PostgreSQLServer.shared.get().database(), connections: 3)
            }
    }

    /// Inserts a message and queues its work, as both roads do.
    func add(_ message: NewMessage, due: String? = "2026-11-22T10:00:00.000Z", isAwaiting: Bool = false) async throws -> Int64? {
        try await store.write { transaction in
            guard case .added(let sequence) = try transaction.insert(message) else { return nil }
            guard message.state != .refused else { return sequence }
            let certificate = try transaction.lockCertificate(message.key, at: message.receivedAt)
            try transaction.queue(
                NewWork(
                    message: sequence, direction: message.direction, lane: certificate.sequence, due: due, isAwaiting: isAwaiting))
            return sequence
        }
    }

    /// Stands in for the sealer, whose statements do not matter to the store.
    func sealAll() async throws {
        _ = try await store.write { transaction in
            try transaction.add(
                StoredSeal(
                    number: transaction.sealingState().seals + 1, at: "t", statement: [], leaves: [], isToBeStamped: false, signature: []),
                covering: transaction.unsealed(limit: .max), tallies: [])
        }
    }

    func message(_ id: String) async throws -> StoredMessage? { try await store.read { try $0.message(id: id) } }

    /// Ids of the messages taken at a time of the day.
    func take(
        _ now: String, direction: Direction = .inbound, owner: String = "a", until: String = "10:05:00", limit: Int = 10,
        except partners: Set<String> = []
    ) async throws -> [String] {
        let lease = Lease(owner: owner, until: "2026-11-22T\(until).000Z")
        return try await store.write {
            try $0.takeWork(direction, now: "2026-11-22T\(now).000Z", lease: lease, limit: limit, except: partners).map(\.id)
        }
    }
}

extension NewMessage {
    var key: CertificateKey { CertificateKey(partner: partner, side: direction, number: certificateNumber ?? "") }

    static func sample(
        _ id: String, messageID: String = "m1", digest: String = "d1", state: TransportState = .accepted, partner: String = "korea",
        number: String = "CO-1", direction: Direction = .inbound, receivedAt: String = "2026-11-22T10:00:00.000Z"
    ) -> NewMessage {
        NewMessage(
            id: id, direction: direction, partner: partner, operation: "send-co", messageID: messageID, contentDigest: digest,
            certificateNumber: number, state: state, correlationID: "c-" + id, receivedAt: receivedAt, signer: "f",
            bodyDigest: "b", contents: [.request: [0, 1, 0xFF], .dataset: Array("{}".utf8)])
    }
}
