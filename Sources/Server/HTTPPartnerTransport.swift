public import AsyncHTTPClient
public import Exchanges
internal import NIOCore

/// Calls partners over HTTPS. Redirects are not followed: a signed message goes where the partner file says and nowhere else.
public struct HTTPPartnerTransport: PartnerTransport {
    private let client: HTTPClient
    private let maximumBody: Int
    private let connections: Reloadable<PartnerConnections>

    public init(_ client: HTTPClient, maximumBody: Int, connections: Reloadable<PartnerConnections>) {
        self.client = client
        self.maximumBody = maximumBody
        self.connections = connections
    }

    public func post(_ request: OutboundRequest) async throws -> OutboundResponse {
        var call = HTTPClientRequest(url: request.url)
        call.method = .POST
        call.headers.add(name: "Content-Type", value: request.contentType)
        if let action = request.soapAction { call.headers.add(name: "SOAPAction", value: action) }
        if let trace = request.correlationID.flatMap(TraceContext.header) { call.headers.add(name: "traceparent", value: trace) }
        call.body = .bytes(ByteBuffer(bytes: request.bytes))
        let own = connections.current.own[request.partner]
        call.tlsConfiguration = own ?? connections.current.common
        do {
            return try await client.call(call, within: .seconds(request.timeout)) { [maximumBody] response in
                OutboundResponse(
                    status: Int(response.status.code), contentType: response.headers.first(name: "Content-Type") ?? "",
                    bytes: try await response.bytes(upTo: maximumBody))
            }
        } catch {
            throw TLSFailure(error, own: own, common: connections.current.common) ?? error
        }
    }
}
