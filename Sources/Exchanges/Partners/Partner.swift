public import Datasets
public import Trust
public import WSSecurity

/// An administration that we exchange certificates with. A partner is data: nothing about one stands in code.
public struct Partner: Sendable {
    /// The name of the partner's file, in addresses and in the log.
    public let name: String
    public let administration: Administration
    public let standing: Standing
    /// The roles that we hold toward it.
    public let roles: Set<GatewayRole>
    public let grants: Grants
    public let certificates: [PinnedCertificate]
    public let authorities: [Authority]
    /// What its messages must fulfil; `nil` is what holds for all.
    public let policy: SecurityPolicy?
    /// The TLS client certificates that its requests come with.
    public let client: ClientBinding
    public let limits: PartnerLimits
    public let endpoint: PartnerEndpoint
    public let answers: AnswerStyle
    /// Menu and agreements in the words of the partner's own WSDL; `nil` where it uses ours.
    public let catalog: Catalog?

    public init(
        name: String, administration: Administration, standing: Standing = .active, roles: Set<GatewayRole>, grants: Grants = Grants(),
        certificates: [PinnedCertificate], authorities: [Authority] = [], policy: SecurityPolicy? = nil, client: ClientBinding = .unbound,
        limits: PartnerLimits = PartnerLimits(), endpoint: PartnerEndpoint, answers: AnswerStyle = AnswerStyle(), catalog: Catalog? = nil
    ) {
        self.name = name
        self.administration = administration
        self.standing = standing
        self.roles = roles
        self.grants = grants
        self.certificates = certificates
        self.authorities = authorities
        self.policy = policy
        self.client = client
        self.limits = limits
        self.endpoint = endpoint
        self.answers = answers
        self.catalog = catalog
    }

    public enum Standing: String, CaseIterable, Sendable { case active, suspended }

    /// Whether we may call the operation there.
    public func mayBeCalled(_ operation: Operation) -> Bool { roles.contains(operation.provider.other) }

    /// Whether the partner may call the operation here.
    func checkCall(_ operation: Operation) throws(Refusal) {
        guard standing == .active else { throw .partnerSuspended(name) }
        guard roles.contains(operation.provider) else { throw .operationNotProvided(operation, to: name) }
        guard grants.operations?.contains(operation) ?? true else { throw .operationNotGranted(operation, to: name) }
    }
}

/// What is granted to a partner within our roles toward it; `nil` is all.
public struct Grants: Sendable {
    public let operations: Set<Operation>?
    /// Codes of agreements. Where it is not `nil`, a message must name one of them.
    public let agreements: Set<String>?

    public init(operations: Set<Operation>? = nil, agreements: Set<String>? = nil) {
        self.operations = operations
        self.agreements = agreements
    }
}

/// How much of the gateway one partner may take.
public struct PartnerLimits: Hashable, Sendable {
    /// Requests in a minute.
    public var requestsPerMinute: Int
    /// Requests under way at one time.
    public var concurrentRequests: Int
    /// Connections open at one time.
    public var connections: Int

    public init(requestsPerMinute: Int = 6000, concurrentRequests: Int = 32, connections: Int = 256) {
        self.requestsPerMinute = requestsPerMinute
        self.concurrentRequests = concurrentRequests
        self.connections = connections
    }
}
