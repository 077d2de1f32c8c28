public import SOAP

/// Carries bytes to a partner's gateway and its answer back. It knows nothing of what they mean.
public protocol PartnerTransport: Sendable {
    /// - Throws: where there was no answer: refused, timed out, TLS.
    func post(_ request: OutboundRequest) async throws -> OutboundResponse
}

/// The partner's gateway gave no answer.
public struct PartnerUnreachable: Error, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
}

public struct OutboundRequest: Sendable {
    public let url: String
    public let version: SOAPVersion
    public let action: String
    public let bytes: [UInt8]
    /// Seconds.
    public let timeout: Int

    /// The trace that the message belongs to.
    public let correlationID: String?

    public init(url: String, version: SOAPVersion, action: String, bytes: [UInt8], timeout: Int, correlationID: String? = nil) {
        self.correlationID = correlationID
        self.url = url
        self.version = version
        self.action = action
        self.bytes = bytes
        self.timeout = timeout
    }
}

public struct OutboundResponse: Sendable {
    public let status: Int
    public let bytes: [UInt8]

    public init(status: Int, bytes: [UInt8]) {
        self.status = status
        self.bytes = bytes
    }
}
