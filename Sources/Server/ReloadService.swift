public import Datasets
public import Exchanges
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// What a reload replaces: partners, agreements, and the TLS of our connections to partners. All else needs a restart.
public struct ReloadedSettings: Sendable {
    public let partners: PartnerRegistry
    public let catalog: Catalog
    public let connections: PartnerConnections

    public init(partners: PartnerRegistry, catalog: Catalog, connections: PartnerConnections) {
        self.partners = partners
        self.catalog = catalog
        self.connections = connections
    }
}

/// What is wrong with the files; nothing was changed.
public struct ReloadRefused: Error {
    public let problems: [String]

    public init(problems: [String]) {
        self.problems = problems
    }
}

/// Reads partners and agreements anew at each SIGHUP, all of them before any is used: where one file is broken nothing changes.
struct ReloadService: Service {
    let gateway: Gateway
    let connections: Reloadable<PartnerConnections>
    let load: @Sendable () throws -> ReloadedSettings
    let lists: RevocationListService
    let watch: CertificateWatchService
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let settings = try load()
                gateway.catalogs.replace(settings.catalog)
                gateway.registry.replace(settings.partners)
                connections.replace(settings.connections)
                let partners = settings.partners.partners.keys.sorted().joined(separator: ", ")
                await gateway.noteChange("reload", "partners: \(partners)", by: "SIGHUP")
                logger.info(
                    "reloaded",
                    metadata: [
                        "agreements": "\(settings.catalog.agreements.keys.sorted().joined(separator: ", "))",
                        "partners": "\(partners)",
                    ])
                // A slow server of a list does not hold up the next reload.
                Task { await lists.refresh() }
                watch.tell()
            } catch let refused as ReloadRefused {
                for problem in refused.problems {
                    logger.error("not reloaded, the old settings go on", metadata: ["problem": "\(problem)"])
                }
            } catch {
                logger.error("not reloaded, the old settings go on", metadata: ["error": "\(error)"])
            }
        }
    }
}
