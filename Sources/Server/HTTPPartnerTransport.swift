public import AsyncHTTPClient
public import Exchanges
internal import NIOCore
internal import SOAP

/// Calls partners over HTTPS. Redirects are not followed: a signed message goes where the partner file says and nowhere else.
public struct HTTPPartnerTransport: PartnerTransport {
    private let client: HTTPClient
    private let maximumBody: Int

    public init(_ client: HTTPClient, maximumBody: Int) {
        self.client = client
        self.maximumBody = maximumBody
    }

    public func post(_ request: OutboundRequest) async throws -> OutboundResponse {
        var call = HTTPClientRequest(url: request.url)
        call.method = .POST
        switch request.version {
        case .v11:
            call.headers.add(name: "Content-Type", value: "text/xml; charset=utf-8")
            call.headers.add(name: "SOAPAction", value: "\"\(request.action)\"")
        case .v12:
            call.headers.add(name: "Content-Type", value: "application/soap+xml; charset=utf-8; action=\"\(request.action)\"")
        }
        if let trace = request.correlationID.flatMap(TraceContext.header) { call.headers.add(name: "traceparent", value: trace) }
        call.body = .bytes(ByteBuffer(bytes: request.bytes))
        return try await client.call(call, within: .seconds(request.timeout)) { [maximumBody] response in
            OutboundResponse(status: Int(response.status.code), bytes: try await response.bytes(upTo: maximumBody))
        }
    }
}
