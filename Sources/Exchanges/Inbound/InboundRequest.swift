public import SOAP

/// A request as the listener hands it over, whole and unread.
public struct InboundRequest: Sendable {
    public let bytes: [UInt8]
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
        bytes: [UInt8], operation: String, mediaVersion: SOAPVersion, action: String?, peer: String, clientCertificate: [UInt8]? = nil,
        correlationID: String
    ) {
        self.bytes = bytes
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
    }

    public let outcome: Outcome
    public let version: SOAPVersion
    public let bytes: [UInt8]

    /// 200 for a receipt, 500 for a fault: other statuses make toolkits lose the fault.
    public var status: Int {
        if case .refused = outcome { 500 } else { 200 }
    }
}
