/// Carries bytes to a partner's gateway and its answer back. It knows nothing of what they mean.
public protocol PartnerTransport: Sendable {
    /// - Throws: where there was no answer: refused, timed out, TLS.
    func post(_ request: OutboundRequest) async throws -> OutboundResponse
}

/// The partner's gateway gave no answer.
public struct PartnerUnreachable: Error, CustomStringConvertible {
    public let reason: String
    /// Base64 digest of the Body that went out, and may have come there.
    let bodyDigest: String?
    public var description: String { reason }
}

public struct OutboundRequest: Sendable {
    public let url: String
    /// The partner's name, whose connections may have settings of their own.
    public let partner: String
    public let contentType: String
    /// The header of SOAP 1.1, with its quotation marks; `nil` sends none.
    public let soapAction: String?
    public let bytes: [UInt8]
    /// Seconds.
    public let timeout: Int
    /// The trace that the message belongs to.
    public let correlationID: String?

    public init(
        url: String, partner: String, contentType: String, soapAction: String?, bytes: [UInt8], timeout: Int, correlationID: String? = nil
    ) {
        self.url = url
        self.partner = partner
        self.contentType = contentType
        self.soapAction = soapAction
        self.bytes = bytes
        self.timeout = timeout
        self.correlationID = correlationID
    }
}

public struct OutboundResponse: Sendable {
    public let status: Int
    /// As the header has it; a package of MTOM tells its boundary there.
    public let contentType: String
    public let bytes: [UInt8]

    public init(status: Int, contentType: String = "", bytes: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.bytes = bytes
    }
}
