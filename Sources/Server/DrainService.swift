internal import Exchanges
internal import ServiceLifecycle

/// The first to hear of a stop: it tells the load balancer, and gives it time to send nothing more before the listeners close.
struct DrainService: Service {
    let gateway: Gateway
    let seconds: Int

    func run() async throws {
        try? await gracefulShutdown()
        gateway.stopSign.raise()
        try? await Task.sleep(for: .seconds(seconds))
    }
}
