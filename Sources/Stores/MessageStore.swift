/// The log of messages and the work that is still to be done with them. What a call has returned is durable.
///
/// The log is also the memory against replay: an id is claimed by an accepted message, by a constraint of the store,
/// so that the claim holds across restarts and replicas.
public protocol MessageStore: Sendable {
    /// Writes a message and, unless it is refused, claims its id; its delivery or sending is queued in the same transaction.
    func add(_ message: NewMessage, work: WorkOrder) async throws -> Claim

    /// The message that claimed this id.
    func claimed(_ direction: Direction, partner: String, messageID: String) async throws -> StoredMessage?
    func message(id: String) async throws -> StoredMessage?
    func messages(_ query: MessageQuery) async throws -> [StoredMessage]
    func content(_ kind: ContentKind, of id: String) async throws -> [UInt8]?
    func events(of id: String) async throws -> [MessageEvent]

    /// Takes due work under a lease, so that no other worker does the same.
    func takeWork(_ direction: Direction, now: String, leaseUntil: String, limit: Int) async throws -> [StoredMessage]
    /// Gives back what an earlier run of the same gateway had taken; a store that several use at once waits for the leases.
    func reclaimWork(_ direction: Direction) async throws
    /// Records the outcome of a try: a final state ends the work, otherwise it is due again at `retryAt`.
    func finish(_ id: String, _ outcome: WorkOutcome, at now: String) async throws

    /// Queues a parked message again, as if it had never been tried.
    func resume(_ id: String, state: TransportState, at now: String) async throws
    /// Queues accepted messages that wait in the inbox, for a gateway that pushes from now on.
    func queueInbox(at now: String) async throws

    /// Records that a message was repeated and answered again.
    func noteRepetition(of id: String, at now: String) async throws
    /// Records a refusal of an unauthenticated message, without its bytes; old entries make room for new ones.
    func noteRefusal(_ refusal: RefusalNote) async throws
    func refusals(limit: Int) async throws -> [RefusalNote]

    /// Which certificates accepted messages of partners were signed with, and when last.
    func signersSeen() async throws -> [SignerSeen]

    /// Whether the store can be written now.
    func checkWritable() async throws
}

/// The last message that came in under a certificate.
public struct SignerSeen: Sendable, Hashable {
    public let partner: String
    /// SHA-256 of the certificate, hexadecimal.
    public let fingerprint: String
    /// RFC 3339, UTC.
    public let lastAt: String
}

public enum WorkOrder: Sendable {
    case none
    case due(at: String)
}

public enum Claim: Sendable {
    case added
    /// The id belongs to an earlier message already; nothing was written.
    case taken(by: StoredMessage)
}

public struct WorkOutcome: Sendable {
    public var state: TransportState
    public var detail: String?
    /// When the next try is due; `nil` ends the work.
    public var retryAt: String?
    /// Whether this was a try at all; a shutdown or an overload of our own is none.
    public var counts: Counts

    public enum Counts: Sendable { case asTry, asNothing }
    /// Content to keep from this try.
    public var contents: [ContentKind: [UInt8]]
    public var bodyDigest: String?
    public var signer: String?

    public init(
        _ state: TransportState, detail: String? = nil, retryAt: String? = nil, counts: Counts = .asTry,
        contents: [ContentKind: [UInt8]] = [:], bodyDigest: String? = nil, signer: String? = nil
    ) {
        self.counts = counts
        self.state = state
        self.detail = detail
        self.retryAt = retryAt
        self.contents = contents
        self.bodyDigest = bodyDigest
        self.signer = signer
    }
}

/// One entry of the append-only log of what happened to a message.
public struct MessageEvent: Sendable, Codable, Hashable {
    public let at: String
    public let state: TransportState
    public let detail: String?
}

/// A refusal of somebody unknown: enough to see what goes on, never their bytes.
public struct RefusalNote: Sendable, Codable, Hashable {
    public let at: String
    public let code: String
    public let correlationID: String
    public let peer: String
    /// SHA-256 of the request, hexadecimal.
    public let digest: String

    public init(at: String, code: String, correlationID: String, peer: String, digest: String) {
        self.at = at
        self.code = code
        self.correlationID = correlationID
        self.peer = peer
        self.digest = digest
    }
}

/// A page of the log, newest first.
public struct MessageQuery: Sendable {
    public var direction: Direction?
    public var partner: String?
    public var operation: String?
    public var state: TransportState?
    public var messageID: String?
    public var certificateNumber: String?
    /// RFC 3339 UTC, inclusive.
    public var from: String?
    /// RFC 3339 UTC, exclusive.
    public var to: String?
    /// Only messages before this position.
    public var before: Int64?
    public var limit: Int

    public init(limit: Int = 50) {
        self.limit = limit
    }
}
