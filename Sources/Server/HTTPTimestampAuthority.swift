internal import AsyncHTTPClient
internal import Evidence
internal import NIOCore
public import Trust

/// How often the log is sealed, and who stamps it.
public struct SealSettings: Sendable {
    public var interval: Duration
    public var authority: Authority?

    public struct Authority: Sendable {
        public var url: String
        public var anchors: [Certificate]

        public init(url: String, anchors: [Certificate]) {
            self.url = url
            self.anchors = anchors
        }
    }

    public init(interval: Duration, authority: Authority? = nil) {
        self.interval = interval
        self.authority = authority
    }

    /// Asks over HTTP (RFC 3161, section 3.4); what comes is signed, so that plain HTTP is as good as any.
    func timestamps(over client: HTTPClient) -> TimestampAuthority? {
        guard let authority else { return nil }
        return TimestampAuthority(anchors: authority.anchors) { request in
            var call = HTTPClientRequest(url: authority.url)
            call.method = .POST
            call.headers.add(name: "Content-Type", value: "application/timestamp-query")
            call.headers.add(name: "Accept", value: "application/timestamp-reply")
            call.body = .bytes(ByteBuffer(bytes: request.bytes))
            return try await client.call(call, within: .seconds(10)) { response in
                guard response.status == .ok else { throw Unavailable(what: "\(authority.url) answers HTTP \(response.status.code)") }
                return try await response.bytes(upTo: 1 << 20)
            }
        }
    }

    private struct Unavailable: Error, CustomStringConvertible {
        let what: String
        var description: String { what }
    }
}
