internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection whose other end is never idle but never done either: it sends its handshake or a request's head a byte now and
/// then, or it does not read its answer.
final class ExchangeDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let head: TimeAmount
    private let exchange: TimeAmount
    private let rest: TimeAmount
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - head: from the connection to the end of the first head.
    ///   - exchange: from there until the whole answer is with the other end.
    ///   - idle: that a connection may rest between two requests.
    init(head: TimeAmount, exchange: TimeAmount, idle: TimeAmount) {
        self.head = head
        self.exchange = exchange
        rest = idle + head
    }

    func handlerAdded(context: ChannelHandlerContext) { start(head, context) }
    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { start(exchange, context) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.futureResult.whenSuccess {
            let (handler, context) = this.value
            handler.start(handler.rest, context)
        }
        context.write(data, promise: written)
    }

    private func start(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
    }
}
