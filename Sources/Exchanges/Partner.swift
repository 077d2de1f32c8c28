public import SOAP
public import Trust

/// An administration that we exchange certificates with. A partner is data: nothing about one stands in code.
public struct Partner: Sendable {
    /// The name of the partner's file, in addresses and in the log.
    public let name: String
    public let administration: Administration
    /// The roles that we hold toward it.
    public let roles: Set<GatewayRole>
    public let certificates: [PinnedCertificate]
    public let endpoint: PartnerEndpoint

    public init(
        name: String, administration: Administration, roles: Set<GatewayRole>, certificates: [PinnedCertificate],
        endpoint: PartnerEndpoint
    ) {
        self.name = name
        self.administration = administration
        self.roles = roles
        self.certificates = certificates
        self.endpoint = endpoint
    }

    /// Whether the partner may call the operation here.
    func mayCall(_ operation: Operation) -> Bool { roles.contains(operation.provider) }
    /// Whether we may call the operation there.
    func mayBeCalled(_ operation: Operation) -> Bool { roles.contains(operation.provider.other) }
}

/// How the partner's own gateway is called.
public struct PartnerEndpoint: Sendable {
    /// Address without the operation, such as `https://test.coconect.customs.go.kr`.
    public let baseURL: String
    public let soapVersion: SOAPVersion
    public let addressing: Addressing
    /// Tries before a message is parked for a person.
    public let tries: Int
    /// Seconds to wait for an answer.
    public let timeout: Int

    public enum Addressing: String, Sendable, Codable, CaseIterable { case on, off }

    public init(baseURL: String, soapVersion: SOAPVersion = .v12, addressing: Addressing = .on, tries: Int = 12, timeout: Int = 30) {
        self.baseURL = baseURL
        self.soapVersion = soapVersion
        self.addressing = addressing
        self.tries = tries
        self.timeout = timeout
    }

    public func address(of operation: Operation) -> String { baseURL + "/" + operation.rawValue }
}

/// All partners, and the certificates that they sign with.
public struct PartnerRegistry: Sendable {
    public let partners: [String: Partner]
    public let trust: TrustStore

    public init(_ partners: [Partner]) {
        self.partners = Dictionary(partners.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        trust = TrustStore(partners.flatMap(\.certificates))
    }

    public subscript(name: String) -> Partner? { partners[name] }
}
