internal import Exchanges
internal import Logging
internal import ServiceLifecycle
internal import XML

/// Fetches the revocation lists that partners' files name, at the start and again and again. One that cannot be fetched or read
/// leaves the one before in use, until that expires.
struct RevocationListService: Service {
    let gateway: Gateway
    let source: HTTPRevocationSource
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await refresh()
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    func refresh() async {
        let trust = gateway.partners.trust
        for location in Set(trust.authorities.flatMap(\.revocation.lists)).sorted() {
            do {
                let list = try await source.list(location)
                let authorities = trust.authorities.filter { $0.revocation.lists.contains(location) }
                let outcome = trust.evidence.keep(list, from: location, of: authorities, at: .now)
                guard outcome != .foreign else {
                    logger.error(
                        "revocation list not signed by the authority, the one before stays",
                        metadata: ["location": "\(location)", "issuer": "\(list.issuer)"])
                    continue
                }
                logger.info(
                    outcome == .older ? "revocation list is older than the one at hand, which stays" : "revocation list read",
                    metadata: [
                        "location": "\(location)", "issuer": "\(list.issuer)", "from": "\(list.from.text)", "until": "\(list.until.text)",
                    ])
            } catch {
                logger.error("revocation list not read, the one before stays", metadata: ["location": "\(location)", "error": "\(error)"])
            }
        }
    }
}
