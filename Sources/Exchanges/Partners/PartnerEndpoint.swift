/// How the partner's own gateway is called.
public struct PartnerEndpoint: Sendable {
    /// Address without the operation, such as `https://test.coconect.customs.go.kr`.
    public let baseURL: String
    /// What follows the base address, where it is not the operation's own name.
    public let paths: [Operation: String]
    public let style: RequestStyle
    /// Tries at the first address; `nil` where the agreement of the message says how many.
    public let tries: Int?
    /// Where a message goes that the first address did not take; `nil` where it waits for a person then.
    public let alternative: Channel?
    /// Seconds to wait for an answer.
    public let timeout: Int

    public init(
        baseURL: String, paths: [Operation: String] = [:], style: RequestStyle = RequestStyle(), tries: Int? = nil,
        alternative: Channel? = nil, timeout: Int = 30
    ) {
        self.baseURL = baseURL
        self.paths = paths
        self.style = style
        self.tries = tries
        self.alternative = alternative
        self.timeout = timeout
    }

    public func address(of operation: Operation, through channel: Channel? = nil) -> String {
        (channel?.baseURL ?? baseURL) + (paths[operation] ?? "/" + operation.rawValue)
    }

    /// In their order.
    ///
    /// - Parameter agreed: tries that the agreement gives.
    func channels(agreed: Int?) -> [Channel] {
        let first = Channel(baseURL: baseURL, tries: tries ?? agreed ?? PartnerEndpoint.standardTries)
        return [first] + (alternative.map { [$0] } ?? [])
    }

    private static let standardTries = 12

    /// One way to a partner.
    public struct Channel: Sendable {
        /// Without the operation.
        public let baseURL: String
        public let tries: Int

        public init(baseURL: String, tries: Int) {
            self.baseURL = baseURL
            self.tries = tries
        }
    }
}
