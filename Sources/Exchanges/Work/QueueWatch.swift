public import ServiceLifecycle

/// Rings for work that came in through another replica.
public struct QueueWatch: Service {
    private let gateway: Gateway

    public init(_ gateway: Gateway) {
        self.gateway = gateway
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await gateway.store.watch { gateway.bell.ring($0) }
            // A store without other replicas has nothing to tell; the service ends with the rest.
            try? await gracefulShutdown()
        }
    }
}
