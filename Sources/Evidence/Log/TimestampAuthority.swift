public import Trust

/// Where stamps come from (RFC 3161), and by which anchors they are believed.
public struct TimestampAuthority: Sendable {
    public let anchors: [Certificate]
    /// Sends a query, and gives the response as it came.
    public let ask: @Sendable (TimestampRequest) async throws -> [UInt8]

    public init(anchors: [Certificate], ask: @escaping @Sendable (TimestampRequest) async throws -> [UInt8]) {
        self.anchors = anchors
        self.ask = ask
    }
}
