internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypesHTTP1

/// Keeps or closes a connection as its client asks, in every spelling and in HTTP/1.0 too, says so in the answer (RFC 9112, sections 9.3
/// and 9.6), and tells a client that waits to be told to go on (RFC 9110, section 10.1.1): .NET does so with every message.
final class ConnectionPersistence: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Exchange {
        let version: HTTPVersion
        let isKeptAlive: Bool
    }

    /// Requests that are not answered yet, the first one first.
    private var waiting: [Exchange] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        waiting.append(Exchange(version: head.version, isKeptAlive: head.isKeepAlive))
        // In the one spelling that is looked for above.
        if !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        let expects = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
        if expects, head.version == .http1_1, waiting.count == 1 {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if let exchange = waiting.first {
                if !exchange.isKeptAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
                if exchange.isKeptAlive, exchange.version != .http1_1 { head.headers.replaceOrAdd(name: "Connection", value: "keep-alive") }
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            if !waiting.isEmpty { waiting.removeFirst() }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        }
    }

    /// Puts it where the version of HTTP is still known.
    final class Installer: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = NIOAny

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
            try? pipeline.addHandler(ConnectionPersistence(), position: .before(codec))
        }
    }
}
