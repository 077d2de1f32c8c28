internal import Hummingbird
internal import NIOCore

/// A request's context with the connection it came over.
struct PeerContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        remoteAddress = source.channel.remoteAddress
    }

    var peer: String { remoteAddress?.ipAddress ?? "unknown" }
}
