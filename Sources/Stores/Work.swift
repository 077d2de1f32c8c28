/// A message that is to be handed on or sent.
public struct NewWork: Sendable {
    public var message: Int64
    public var direction: Direction
    /// The certificate: what has the same lane and direction is done one after the other.
    public var lane: Int64
    /// Its place in the lane.
    public var place: Int64
    /// RFC 3339 UTC; `nil` where a person, or the JSON gateway that pulls, must come first.
    public var due: String?
    /// Waits for its certificate and holds up nobody; when it is due it has waited too long.
    public var isAwaiting: Bool
    /// Whether other replicas are told of it; nobody needs to be whose workers do not take such work.
    public var isTold: Bool

    /// - Parameter place: as the message's own, where it is `nil`.
    public init(
        message: Int64, direction: Direction, lane: Int64, due: String?, isAwaiting: Bool = false, isTold: Bool = true, place: Int64? = nil
    ) {
        self.message = message
        self.direction = direction
        self.lane = lane
        self.place = place ?? NewWork.place(of: message)
        self.due = due
        self.isAwaiting = isAwaiting
        self.isTold = isTold
    }

    /// Places lie apart, so that what waited for a message fits in behind it.
    public static func place(of message: Int64) -> Int64 { message << 16 }
}

/// Who does some work, and until when nobody else does.
public struct Lease: Sendable {
    /// One run of one gateway.
    public var owner: String
    /// RFC 3339 UTC.
    public var until: String

    public init(owner: String, until: String) {
        self.owner = owner
        self.until = until
    }
}

/// How much waits, for those who watch.
public struct WorkDepth: Sendable, Hashable {
    public let direction: Direction
    public let partner: String
    /// Due or to be tried again.
    public let waiting: Int
    /// For a person.
    public let parked: Int
    /// For their certificates.
    public let awaiting: Int
    /// RFC 3339 UTC, of the oldest that is due.
    public let oldest: String?
}

/// What becomes of a message; what is `nil` stays.
public struct MessageChange: Sendable {
    public var state: TransportState
    public var detail: String?
    public var attempts: Attempts
    public var contents: [ContentKind: [UInt8]]
    public var bodyDigest: String?
    public var signer: String?

    var written: WrittenWith {
        WrittenWith(contents: contents, signer: signer, bodyDigest: bodyDigest, attempts: attempts)
    }

    public enum Attempts: String, Sendable {
        case oneMore = "+1"
        case same
        case none = "0"
    }

    public init(
        _ state: TransportState, detail: String? = nil, attempts: Attempts = .same, contents: [ContentKind: [UInt8]] = [:],
        bodyDigest: String? = nil, signer: String? = nil
    ) {
        self.state = state
        self.detail = detail
        self.attempts = attempts
        self.contents = contents
        self.bodyDigest = bodyDigest
        self.signer = signer
    }
}

/// What came of one try.
public struct WorkOutcome: Sendable {
    public var change: MessageChange
    public var next: Next

    public enum Next: Sendable {
        case done
        case again(at: String)
        /// Left to a person.
        case park
    }

    /// - Parameter isTry: a shutdown or an overload of our own is none.
    public init(_ state: TransportState, detail: String? = nil, _ next: Next, isTry: Bool = true, signer: String? = nil) {
        change = MessageChange(state, detail: detail, attempts: isTry ? .oneMore : .same, signer: signer)
        self.next = next
    }
}
