/// A page of the log, newest first by the time received; of the same time by position.
public struct MessageQuery: Sendable {
    public var direction: Direction?
    public var partner: String?
    public var operation: String?
    public var state: TransportState?
    public var messageID: String?
    /// As a person types it: what folds to the same key is found.
    public var certificateNumber: String?
    /// Code of the rule by which it was refused.
    public var rule: String?
    /// RFC 3339 UTC, inclusive.
    public var from: String?
    /// RFC 3339 UTC, exclusive.
    public var to: String?
    /// The position of the last message of an earlier page: only what comes after it in the list.
    public var before: Int64?
    public var limit: Int

    public init(limit: Int = 50) {
        self.limit = limit
    }
}

/// One entry of the append-only log of what happened to a message.
public struct MessageEvent: Sendable, Codable, Hashable {
    public let at: String
    public let state: TransportState
    public let detail: String?
    /// What was written of the message with it, as `WrittenWith` reads it; `nil` where that was nothing.
    public let written: String?

    init(at: String, state: TransportState, detail: String?, written: String? = nil) {
        self.at = at
        self.state = state
        self.detail = detail
        self.written = written
    }
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

    /// How many are kept.
    public static let kept: Int64 = 10_000
}

/// The last message that came in under a certificate.
public struct SignerSeen: Sendable, Hashable {
    public let partner: String
    /// SHA-256 of the certificate, hexadecimal.
    public let fingerprint: String
    /// RFC 3339, UTC.
    public let lastAt: String
}
