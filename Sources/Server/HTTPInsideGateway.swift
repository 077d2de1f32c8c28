public import AsyncHTTPClient
public import Exchanges
internal import NIOCore
public import NIOSSL
public import Stores

/// The JSON gateway that accepted messages are pushed to: `POST {gateway}/{operation}`.
public struct HTTPInsideGateway: InsideGateway {
    private let client: HTTPClient
    private let baseURL: String

    public init(_ client: HTTPClient, baseURL: String) {
        self.client = client
        self.baseURL = baseURL
    }

    public func deliver(_ message: StoredMessage, dataset: [UInt8]) async throws -> DeliveryAnswer {
        var call = HTTPClientRequest(url: baseURL + "/" + message.operation)
        call.method = .POST
        call.headers.add(name: "Content-Type", value: "application/json")
        call.headers.add(name: "Idempotency-Key", value: message.id)
        call.headers.add(name: "Coconect-Message", value: message.id)
        call.headers.add(name: "Coconect-Partner", value: message.partner)
        call.headers.add(name: "Coconect-Signer", value: message.signer ?? "")
        if let trace = TraceContext.header(message.correlationID) { call.headers.add(name: "traceparent", value: trace) }
        call.body = .bytes(ByteBuffer(bytes: dataset))
        return try await client.call(call, within: HTTPInsideGateway.patience) { response in
            // The status decides; of the text a person needs no more than its beginning.
            var text = ByteBuffer()
            for try await part in response.body where text.readableBytes < 1024 { text.writeImmutableBuffer(part) }
            return DeliveryAnswer(status: Int(response.status.code), text: String(String(buffer: text).prefix(1000)))
        }
    }

    private static let patience = Duration.seconds(30)
}

extension HTTPClient {
    /// A client for one purpose: its own TLS, no redirects.
    public static func plain(tls: TLSConfiguration?) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.tlsConfiguration = tls
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
