internal import Datasets
internal import Exchanges
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the agreements anew at each SIGHUP. A file that is broken changes nothing: the old ones go on.
struct ReloadService: Service {
    let catalogs: CatalogHolder
    let load: @Sendable () throws -> Catalog
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let catalog = try load()
                catalogs.replace(catalog)
                logger.info("agreements reloaded", metadata: ["agreements": "\(catalog.agreements.keys.sorted().joined(separator: ", "))"])
            } catch let error as CatalogError {
                for problem in error.problems {
                    logger.error("agreements not reloaded, the old ones go on", metadata: ["problem": "\(problem)"])
                }
            } catch {
                logger.error("agreements not reloaded, the old ones go on", metadata: ["error": "\(error)"])
            }
        }
    }
}
