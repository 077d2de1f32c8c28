public import Datasets
public import Logging
public import Stores
public import Trust
public import WSSecurity
public import XML
internal import XMLSignature

/// One gateway: who we are, whom we know, where messages are kept. The two roads are its extensions.
public struct Gateway: Sendable {
    public let administration: Administration
    public let identities: SigningIdentities
    /// Whom we know; a reload replaces it.
    public let registry: Reloadable<PartnerRegistry>
    /// What is read and written; a reload replaces it.
    public let catalogs: Reloadable<Catalog>
    public let store: any MessageStore
    public let settings: GatewaySettings

    let pool: any WorkPool
    let clock: @Sendable () -> XMLDateTime
    let revocation: any RevocationSource
    let logger: Logger
    let strangers: RateLimit
    let notes: RateLimit
    let explanations = RateLimit(1, in: 10)
    let echoExplanations = RateLimit(5)
    let bell: WorkBell
    let breaker = Breaker()
    public let stopSign = StopSign()

    public init(
        administration: Administration, identities: SigningIdentities, partners: PartnerRegistry, catalog: Catalog,
        store: any MessageStore, settings: GatewaySettings, pool: any WorkPool = InlinePool(),
        revocation: any RevocationSource = NoRevocationSource(), clock: @escaping @Sendable () -> XMLDateTime = { .now }, logger: Logger
    ) {
        self.administration = administration
        self.identities = identities
        registry = Reloadable(partners)
        catalogs = Reloadable(catalog)
        self.store = store
        self.settings = settings
        self.pool = pool
        self.revocation = revocation
        self.clock = clock
        self.logger = logger
        strangers = RateLimit(settings.signedFaultsPerSecond)
        notes = RateLimit(settings.notedRefusalsPerSecond)
        bell = WorkBell()
    }

    var reader: InboundReader {
        InboundReader(
            catalog: catalog, partners: partners, policy: settings.policy, limits: settings.limits, publicURL: settings.publicURL)
    }

    /// The one that signs now.
    public var identity: SigningIdentity { identities.current(at: clock()) }
    public var partners: PartnerRegistry { registry.current }
    public var catalog: Catalog { catalogs.current }
    public var menu: Menu { catalog.menu }

    /// What is written to a partner: the menu in its own words where its WSDL has others.
    func catalog(of partner: Partner) -> Catalog { partner.catalog ?? catalog }
}

extension Menu {
    func operation(_ operation: Operation) -> MenuOperation? { operations.first { $0.name == operation.rawValue } }
}

extension Catalog {
    func operation(_ operation: Operation) -> MenuOperation? { menu.operation(operation) }
}

/// What an operator may set for both roads.
public struct GatewaySettings: Sendable {
    public var publicURL: String
    public var policy: SecurityPolicy
    public var limits: XMLLimits
    /// Whether accepted messages are pushed to a JSON gateway; otherwise they wait in the inbox.
    public var delivery: Delivery
    /// Signed faults to strangers per second; past it they get the fault without signature.
    public var signedFaultsPerSecond: Int

    /// Refusals kept in the store per second; past it they are in the log alone.
    public var notedRefusalsPerSecond: Int

    /// Whether partners may have their messages examined without effect (`POST /echo`); never in production.
    public var echo: Bool

    public enum Delivery: Sendable { case push, inbox }

    public init(
        publicURL: String, policy: SecurityPolicy = SecurityPolicy(), limits: XMLLimits = .standard,
        delivery: Delivery = .inbox, signedFaultsPerSecond: Int = 50, notedRefusalsPerSecond: Int = 100,
        echo: Bool = false
    ) {
        self.publicURL = publicURL
        self.policy = policy
        self.limits = limits
        self.delivery = delivery
        self.signedFaultsPerSecond = signedFaultsPerSecond
        self.notedRefusalsPerSecond = notedRefusalsPerSecond
        self.echo = echo
    }
}
