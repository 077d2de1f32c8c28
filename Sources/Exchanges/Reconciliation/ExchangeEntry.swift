internal import Stores

/// One message in a list of what two parties exchanged.
public struct ExchangeEntry: Sendable, Hashable {
    /// FunctionalReferenceID.
    public var messageID: String
    /// ISO 3166-1 alpha-2.
    public var sender: String
    public var operation: String?
    /// SHA-256 of the canonical content, hexadecimal, as both sides make it of the Body's child.
    public var contentDigest: String?
    /// Base64 of the digest of the signed Body, as the Receipt gives it.
    public var bodyDigest: String?
    /// RFC 3339 UTC: when it was accepted, or handed in.
    public var time: String?
    /// Whether the receiver's receipt was given or is there; `nil` where a list does not say.
    public var isReceipted: Bool?

    public init(
        messageID: String, sender: String, operation: String? = nil, contentDigest: String? = nil, bodyDigest: String? = nil,
        time: String? = nil, isReceipted: Bool? = nil
    ) {
        self.messageID = messageID
        self.sender = sender
        self.operation = operation
        self.contentDigest = contentDigest
        self.bodyDigest = bodyDigest
        self.time = time
        self.isReceipted = isReceipted
    }

    /// - Parameter sender: country of who sent it.
    init(_ message: StoredMessage, sender: String) {
        self.init(
            messageID: message.messageID, sender: sender, operation: message.operation, contentDigest: message.contentDigest,
            bodyDigest: message.bodyDigest, time: message.receivedAt,
            isReceipted: message.direction == .inbound || message.state == .acknowledged)
    }
}
