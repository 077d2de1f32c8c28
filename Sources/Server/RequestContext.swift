internal import Hummingbird
internal import NIOCore

/// A request's context with the address it came from.
struct PeerContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    var peer: String { remoteAddress?.ipAddress ?? "unknown" }
}
