public import AsyncHTTPClient
internal import Console
internal import Evidence
public import Exchanges
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The running gateway: both listeners and the workers, as one list of services.
public struct GatewayServer: Sendable {
    private let gateway: Gateway
    private let soap: ListenerSettings
    private let api: ListenerSettings
    private let connections: Reloadable<PartnerConnections>
    /// Where accepted messages are pushed to; `nil` lets them wait in the inbox.
    private let insideURL: String?
    private let seal: SealSettings
    private let console: ConsoleSettings
    private let startedBy: String
    private let pool: ThreadWorkPool
    private let reload: @Sendable () throws -> ReloadedSettings
    private let revocationClient: HTTPClient
    private let metrics: PrometheusRegistry
    private let logger: Logger

    /// What is under way at a stop gets this long; a client that stalls does not hold the gateway up.
    private static let shutdownPatience = Duration.seconds(3)
    /// Between two fetches of the revocation lists.
    private static let listInterval = Duration.seconds(900)

    public init(
        _ gateway: Gateway, soap: ListenerSettings, api: ListenerSettings, connections: PartnerConnections, insideURL: String?,
        seal: SealSettings, console: ConsoleSettings, startedBy: String, pool: ThreadWorkPool, revocationClient: HTTPClient,
        reload: @escaping @Sendable () throws -> ReloadedSettings,
        metrics: PrometheusRegistry, logger: Logger
    ) {
        self.gateway = gateway
        self.soap = soap
        self.api = api
        self.connections = Reloadable(connections)
        self.insideURL = insideURL
        self.seal = seal
        self.console = console
        self.startedBy = startedBy
        self.pool = pool
        self.reload = reload
        self.revocationClient = revocationClient
        self.metrics = metrics
        self.logger = logger
    }

    /// Serves until SIGINT or SIGTERM; then no new work is taken and what is under way is finished.
    public func run() async throws {
        let partnerClient = HTTPClient.plain(tls: connections.current.common)
        let insideClient = HTTPClient.plain(tls: nil)
        let sealing = SealingHealth()
        let sealer = Sealer(gateway, authority: seal.timestamps(over: revocationClient))
        let pages = ConsoleRoutes(
            console: Console(gateway, sealingProblem: { sealing.problem }), settings: console, isSecure: api.tls != nil)
        let evidence = EvidenceOffice(gateway: gateway, sealer: sealer, stampAnchors: seal.authority?.anchors ?? [])
        let lists = RevocationListService(
            gateway: gateway, source: HTTPRevocationSource(revocationClient), interval: GatewayServer.listInterval, logger: logger)
        let watch = CertificateWatchService(gateway: gateway, logger: logger)
        var services: [any Service] = [
            ReloadService(gateway: gateway, connections: connections, load: reload, lists: lists, watch: watch, logger: logger), lists,
            watch,
            HoldWorker(gateway), QueueWatch(gateway),
            SealingService(sealer: sealer, interval: seal.interval, health: sealing, logger: logger),
            SendingWorker(gateway, transport: HTTPPartnerTransport(partnerClient, maximumBody: soap.maximumBody, connections: connections)),
        ]
        if let insideURL { services.append(DeliveryWorker(gateway, inside: HTTPInsideGateway(insideClient, baseURL: insideURL))) }
        services.append(
            try application(
                api, name: "JSON API",
                JSONAPI(
                    gateway: gateway, sealing: sealing, evidence: evidence, console: pages, maximumBody: api.maximumBody,
                    metrics: MetricsPage(gateway: gateway, registry: metrics, poolWaiting: { [pool] in pool.load }), logger: logger
                ).router.buildResponder()))
        services.append(
            try application(
                soap, name: "SOAP listener", SOAPListener(gateway: gateway, settings: soap),
                gate: ConnectionGate(
                    gateway: gateway, limit: soap.peerLimits.connections, exempt: soap.proxy?.addresses ?? [])))
        // Services are stopped from the last to the first.
        services.append(DrainService(gateway: gateway, seconds: soap.drainSeconds))
        var configuration = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: [.sigint, .sigterm], logger: quiet)
        configuration.maximumGracefulShutdownDuration = GatewayServer.shutdownPatience + .seconds(soap.drainSeconds)
        await gateway.takeOverWork()
        await gateway.noteChange("start", "listening on \(soap.url) and \(api.url)", by: startedBy)
        let group = ServiceGroup(configuration: configuration)
        let outcome = await Result { try await group.run() }
        try await partnerClient.shutdown()
        try await insideClient.shutdown()
        try await revocationClient.shutdown()
        try await pool.shutDown()
        await gateway.store.close()
        try outcome.get()
    }

    private func application<Responder: HTTPResponder>(
        _ settings: ListenerSettings, name: String, _ responder: Responder, gate: ConnectionGate? = nil
    ) throws -> Application<Responder> where Responder.Context == PeerContext {
        let idle = TimeAmount.seconds(Int64(settings.idleSeconds))
        let head = TimeAmount.seconds(Int64(settings.headSeconds))
        let exchange = TimeAmount.seconds(Int64(settings.bodySeconds + settings.answerSeconds))
        let http = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [
                    ConnectionPass(gate), ConnectionPersistence.Installer(), ExchangeDeadlines(head: head, exchange: exchange, idle: idle),
                ], idleTimeout: idle,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: settings.headerBytes, maxHeaderListSize: settings.headerBytes, maxHeaderFieldCount: 100)))
        let server = try settings.tls.map { try HTTPServerBuilder.tls(http, tlsConfiguration: $0) } ?? http
        return Application(
            responder: responder, server: server,
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: "coconect-soap",
                availableConnectionsDelegate: MaximumAvailableConnections(settings.maximumConnections)),
            onServerRunning: { [logger] _ in logger.info("listening", metadata: ["what": "\(name)", "address": "\(settings.url)"]) },
            logger: quiet)
    }

    /// Hummingbird's own lines, which repeat ours, only from warnings on.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = .warning
        return quiet
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
