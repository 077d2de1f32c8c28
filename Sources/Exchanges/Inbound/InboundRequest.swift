public import SOAP
internal import XML

/// A request as the listener hands it over, whole and unread.
public struct InboundRequest: Sendable {
    public let bytes: [UInt8]
    /// Where the bytes are MTOM's package of the message and its attachments; `nil` where they are the message.
    public let package: MediaType?
    /// The operation that the address names; perhaps none that exists.
    public let operation: String
    /// The version that the Content-Type stands for.
    public let mediaVersion: SOAPVersion
    /// SOAPAction, or the `action` parameter of the Content-Type; without quotes, `nil` where empty or absent.
    public let action: String?
    /// The address it came from, for the log.
    public let peer: String
    /// The certificate of the TLS connection, DER; `nil` without mutual TLS.
    public let clientCertificate: [UInt8]?
    public let correlationID: String

    public init(
        bytes: [UInt8], package: MediaType? = nil, operation: String, mediaVersion: SOAPVersion, action: String?, peer: String,
        clientCertificate: [UInt8]? = nil,
        correlationID: String
    ) {
        self.bytes = bytes
        self.package = package
        self.operation = operation
        self.mediaVersion = mediaVersion
        self.action = action
        self.peer = peer
        self.clientCertificate = clientCertificate
        self.correlationID = correlationID
    }
}

/// What goes back to the peer.
public struct InboundAnswer: Sendable {
    public enum Outcome: Sendable, Hashable {
        case accepted(id: String)
        case repeated(id: String)
        case refused(code: String)
        /// At the self-test endpoint: told, not taken.
        case examined
    }

    public let outcome: Outcome
    /// 200 for a receipt, 500 for a fault: other statuses make most toolkits lose the fault.
    public let status: Int
    public let contentType: String
    public let bytes: [UInt8]

    /// - Parameter style: the partner's, where it is known whose request this answers.
    init(_ outcome: Outcome, _ message: [UInt8], version: SOAPVersion, style: AnswerStyle?) {
        self.outcome = outcome
        let package = style?.isPackaged == true ? XOPPackage(message, attachments: [], version: version, action: nil) : nil
        if case .refused = outcome { status = style?.faultStatus ?? 500 } else { status = 200 }
        contentType = package?.contentType ?? "\(version.mediaType); charset=utf-8"
        bytes = package?.bytes ?? message
    }
}

extension InboundRequest {
    /// With the message taken out of its package: what is verified, answered and kept.
    func unpacked(limits: XMLLimits) throws(XOPError) -> InboundRequest {
        guard let package else { return self }
        return InboundRequest(
            bytes: try XOPReader.message(bytes, package, limits: limits), operation: operation, mediaVersion: mediaVersion, action: action,
            peer: peer, clientCertificate: clientCertificate, correlationID: correlationID)
    }
}
