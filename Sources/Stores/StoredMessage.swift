/// Which way a message goes, seen from this gateway.
public enum Direction: String, Sendable, Codable, CaseIterable {
    case inbound, outbound
}

/// The transport state of a message. It says nothing about the certificate or its treatment.
public enum TransportState: String, Sendable, Codable, CaseIterable {
    /// Inbound: refused after its signature was verified; its id is not claimed.
    case refused
    /// Inbound: durable and answered with a receipt, not yet handed on.
    case accepted
    /// Inbound: durable and answered with a receipt; waits for the certificate that it is about.
    case held
    /// Inbound: the JSON gateway has it.
    case delivered
    /// Either way: given up until a person resumes it.
    case parked
    /// Either way: given up for good by a person.
    case abandoned
    /// Outbound: durable, waiting for its next try.
    case queued
    /// Outbound: the partner's receipt was verified.
    case acknowledged
    /// Outbound: the partner answered with a signed fault.
    case rejected

    /// Which way messages go that can be in this state; `nil` where both can.
    public var direction: Direction? {
        switch self {
        case .refused, .accepted, .held, .delivered: .inbound
        case .queued, .acknowledged, .rejected: .outbound
        case .parked, .abandoned: nil
        }
    }

    /// Nothing more is to be done.
    public var isFinal: Bool {
        switch self {
        case .refused, .delivered, .abandoned, .acknowledged, .rejected: true
        case .accepted, .held, .parked, .queued: false
        }
    }
}

/// What is known of a message without its bytes.
public struct StoredMessage: Sendable, Codable, Hashable {
    /// An opaque local id.
    public let id: String
    /// Position in the log; grows with each message.
    public let sequence: Int64
    public let direction: Direction
    public let partner: String
    public let operation: String
    /// FunctionalReferenceID of the signed Body.
    public let messageID: String
    /// SHA-256 of the canonical content, hexadecimal: what *the same content* means.
    public let contentDigest: String
    public let certificateNumber: String?
    public let state: TransportState
    /// Names this message in the log.
    public let correlationID: String
    /// RFC 3339, UTC.
    public let receivedAt: String
    public let updatedAt: String
    /// SHA-256 of the signer's certificate, hexadecimal.
    public let signer: String?
    /// Base64 of the digest of the Body Reference, as the Receipt gives it.
    public let bodyDigest: String?
    /// How often sending or delivering was tried.
    public let attempts: Int
    /// Why the last try failed, or the refusal.
    public let detail: String?
}

/// A message to be written.
public struct NewMessage: Sendable {
    public var id: String
    public var direction: Direction
    public var partner: String
    public var operation: String
    public var messageID: String
    public var contentDigest: String
    public var certificateNumber: String?
    public var state: TransportState
    public var correlationID: String
    public var receivedAt: String
    public var signer: String?
    public var bodyDigest: String?
    public var detail: String?
    public let contents: [ContentKind: [UInt8]]
    let written: WrittenWith

    public init(
        id: String, direction: Direction, partner: String, operation: String, messageID: String, contentDigest: String,
        certificateNumber: String?, state: TransportState, correlationID: String, receivedAt: String, signer: String? = nil,
        bodyDigest: String? = nil, detail: String? = nil, contents: [ContentKind: [UInt8]]
    ) {
        self.id = id
        self.direction = direction
        self.partner = partner
        self.operation = operation
        self.messageID = messageID
        self.contentDigest = contentDigest
        self.certificateNumber = certificateNumber
        self.state = state
        self.correlationID = correlationID
        self.receivedAt = receivedAt
        self.signer = signer
        self.bodyDigest = bodyDigest
        self.detail = detail
        self.contents = contents
        written = WrittenWith(contents: contents, signer: signer, bodyDigest: bodyDigest, attempts: .none)
    }
}

/// The bytes kept of a message, each exactly as received or sent.
public enum ContentKind: String, Sendable, Codable, CaseIterable {
    case request = "request.xml"
    case response = "response.xml"
    case dataset = "dataset.json"
    case verification = "verification.json"
}
