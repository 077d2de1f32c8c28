public import Datasets
public import Exchanges
public import Trust
public import WSSecurity

/// What a kit is made of: our side, the partner, and identities that are good for nothing but samples.
public struct KitFacts: Sendable {
    public let partner: Partner
    public let administration: Administration
    public let publicURL: String
    public let environment: String
    /// Whether `POST /echo` is there.
    public let hasEcho: Bool
    public let catalog: Catalog
    /// What messages must fulfil where the partner's file says nothing else.
    public let policy: SecurityPolicy
    /// Our signing certificates, those at work and those to come.
    public let certificates: [Certificate]
    /// The authority of our listener's certificate; `nil` where it is not known here.
    public let tlsAuthority: Certificate?
    /// Stand in for the partner's key and for ours in the samples.
    public let testPartner: TestIdentity
    public let testGateway: TestIdentity

    public struct TestIdentity: Sendable {
        public let identity: SigningIdentity
        public let certificatePEM: [UInt8]
        public let keyPEM: [UInt8]

        public init(_ identity: SigningIdentity, certificatePEM: [UInt8], keyPEM: [UInt8]) {
            self.identity = identity
            self.certificatePEM = certificatePEM
            self.keyPEM = keyPEM
        }
    }

    public init(
        partner: Partner, administration: Administration, publicURL: String, environment: String, hasEcho: Bool, catalog: Catalog,
        policy: SecurityPolicy,
        certificates: [Certificate], tlsAuthority: Certificate?, testPartner: TestIdentity, testGateway: TestIdentity
    ) {
        self.partner = partner
        self.administration = administration
        self.publicURL = publicURL
        self.environment = environment
        self.hasEcho = hasEcho
        self.catalog = catalog
        self.policy = policy
        self.certificates = certificates
        self.tlsAuthority = tlsAuthority
        self.testPartner = testPartner
        self.testGateway = testGateway
    }

    /// The operations that the partner may call here.
    var called: [MenuOperation] { catalog.menu.operations.filter { operation in mayCall(operation) } }

    private func mayCall(_ operation: MenuOperation) -> Bool {
        guard let known = Operation(rawValue: operation.name) else { return false }
        return partner.roles.contains(known.provider) && partner.grants.operations?.contains(known) ?? true
    }
}
