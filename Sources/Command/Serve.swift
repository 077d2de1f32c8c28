internal import ArgumentParser
internal import AsyncHTTPClient
internal import CoreMetrics
internal import Exchanges
internal import Foundation
internal import Logging
internal import Server
internal import Stores
internal import Trust
internal import XML

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the gateway until Ctrl-C.",
        discussion: """
            EXAMPLE
              coconect-soap serve --config gateway.yaml
              COCONECT_SOAP_PORT=9443 coconect-soap serve --config gateway.yaml
            """)

    @Option(name: .shortAndLong, help: "The configuration file; every key can be overridden by a variable COCONECT_….")
    var config = "gateway.yaml"

    func run() async throws {
        let configuration = try loadConfiguration(config)
        let (level, format) = (configuration.logLevel, configuration.logFormat)
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                switch format {
                case .text: StreamLogHandler.standardError(label: label)
                case .json: JSONLogHandler(label: label)
                }
            handler.logLevel = level
            return handler
        }
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: "coconect-soap")
        let store = try configuration.store.open(
            upgrade: .done { gap in
                logger.notice(
                    "upgrading the store; with many messages this takes minutes, and earlier versions cannot start on it any more",
                    metadata: ["from-step": "\(gap.found)", "to-step": "\(gap.known)", "messages": "\(gap.messages)"])
            })
        let pool = ThreadWorkPool(threads: configuration.workThreads, limit: configuration.workLimit)
        let client = HTTPClient.plain(tls: nil)
        let gateway = Gateway(configuration, store: store, pool: pool, revocation: HTTPRevocationSource(client), logger: logger)
        let evidence = configuration.partners.trust.evidence
        let server = GatewayServer(
            gateway, soap: configuration.soap, api: configuration.api, connections: configuration.connections,
            insideURL: configuration.insideURL, seal: configuration.seal, console: configuration.console, startedBy: operatorName,
            pool: pool,
            revocationClient: client,
            reload: { [config, configuration] in try reload(config, evidence: evidence, atWork: configuration.identities) },
            metrics: metrics, logger: logger)
        logger.info(
            "starting",
            metadata: [
                "administration": "\(configuration.administration)", "environment": "\(configuration.environment.rawValue)",
                "partners": "\(configuration.partners.partners.keys.sorted().joined(separator: ", "))",
                "signs-with": "\(configuration.identities.current(at: .now).certificate.subject)",
            ])
        do {
            try await server.run()
        } catch {
            let addresses = "\(configuration.soap.host):\(configuration.soap.port) and \(configuration.api.host):\(configuration.api.port)"
            throw CommandError(
                "the gateway stopped: \(error)", place: "listening on \(addresses)",
                help: "where an address is in use, stop what uses it or set COCONECT_SOAP_PORT and COCONECT_API_PORT", status: 1)
        }
        logger.info("stopped")
    }
}

/// The whole configuration anew, as a dry run; partners and agreements of it are used.
private func reload(_ path: String, evidence: RevocationEvidence, atWork: SigningIdentities) throws -> ReloadedSettings {
    do throws(ConfigurationError) {
        let configuration = try GatewayConfiguration(path: path, atWork: atWork)
        evidence.adopt(configuration.partners.trust.evidence)
        return ReloadedSettings(
            partners: configuration.partners.with(evidence: evidence), catalog: configuration.catalog,
            connections: configuration.connections)
    } catch {
        throw ReloadRefused(problems: error.problems.map(\.line))
    }
}

/// The configuration, or every problem of it on standard error.
func loadConfiguration(_ path: String) throws -> GatewayConfiguration {
    do {
        return try GatewayConfiguration(path: path)
    } catch {
        FileHandle.standardError.write(Data(error.problems.map { $0.description + "\n" }.joined().utf8))
        throw CommandError(
            "\(error.problems.count == 1 ? "a problem" : "\(error.problems.count) problems") in the configuration", place: path)
    }
}

extension Gateway {
    init(
        _ configuration: GatewayConfiguration, store: any MessageStore, pool: any WorkPool,
        revocation: any RevocationSource = NoRevocationSource(), logger: Logger
    ) {
        self.init(
            administration: configuration.administration, identities: configuration.identities, partners: configuration.partners,
            catalog: configuration.catalog, store: store, settings: configuration.settings, pool: pool, revocation: revocation,
            logger: logger)
    }
}
