internal import NIOCore
internal import NIOPosix
public import NIOSSL
internal import NIOTLS

/// One TLS handshake with a server, to see how it presents itself.
public struct TLSProbe: Sendable {
    /// Such as `TLS 1.3`.
    public let version: String
    /// The server's certificate, DER.
    public let certificate: [UInt8]
    /// Why our own settings refuse it; `nil` where they take it.
    public let refusal: String?

    /// - Throws: where no connection or no handshake came about even with a server that nobody vouches for.
    public static func shakeHands(host: String, port: Int, _ settings: ConnectionTLS, seconds: Int64 = 10) async throws -> TLSProbe {
        do {
            return try await shakeHands(host, port, settings, seconds, refusal: nil)
        } catch let error as NIOConnectionError {
            throw error
        } catch {
            var lenient = settings
            lenient.certificateVerification = .none
            let words = TLSFailure(error, own: settings, common: nil)?.description ?? "\(error)"
            return try await shakeHands(host, port, lenient, seconds, refusal: words)
        }
    }

    private static func shakeHands(
        _ host: String, _ port: Int, _ settings: ConnectionTLS, _ seconds: Int64, refusal: String?
    ) async throws -> TLSProbe {
        let context = try NIOSSLContext(configuration: settings)
        let isAddress = host.contains(":") || host.split(separator: ".").allSatisfy { UInt8($0) != nil }
        let group = MultiThreadedEventLoopGroup.singleton
        let seen = group.next().makePromise(of: TLSProbe.self)
        do {
            let channel = try await ClientBootstrap(group: group).connectTimeout(.seconds(seconds)).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
                    try channel.pipeline.syncOperations.addHandlers([handler, HandshakeWatch(seen, refusal: refusal)])
                }
            }.connect(host: host, port: port).get()
            let late = channel.eventLoop.scheduleTask(in: .seconds(seconds)) { seen.fail(TooSlow(limit: .seconds(seconds))) }
            defer {
                late.cancel()
                channel.close(mode: .all, promise: nil)
            }
            return try await seen.futureResult.get()
        } catch {
            seen.fail(error)
            throw error
        }
    }
}

private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let seen: EventLoopPromise<TLSProbe>
    private let refusal: String?

    init(_ seen: EventLoopPromise<TLSProbe>, refusal: String?) {
        self.seen = seen
        self.refusal = refusal
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent,
            let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        {
            let version = tls.tlsVersion.map { $0 == .tlsv13 ? "TLS 1.3" : $0 == .tlsv12 ? "TLS 1.2" : "\($0)" }
            seen.succeed(
                TLSProbe(version: version ?? "TLS", certificate: (try? tls.peerCertificate?.toDERBytes()) ?? [], refusal: refusal))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        seen.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        seen.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
