internal import Exchanges
internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import SOAP
internal import Synchronization

/// Lets so many connections of one peer stand at one time: of one address, and from the handshake on of the partner that the client
/// certificate is bound to.
final class ConnectionGate: Sendable {
    private let open = Mutex<[String: Int]>([:])
    private let gateway: Gateway
    private let limit: Int
    /// Proxies, behind which all partners stand.
    private let exempt: Set<String>

    init(gateway: Gateway, limit: Int, exempt: Set<String>) {
        self.gateway = gateway
        self.limit = limit
        self.exempt = exempt
    }

    /// The place of a connection that begins; `nil` where none is left.
    fileprivate func place(address: String) -> Place? {
        exempt.contains(address) ? .free : place("address \(address)", atMost: limit, address)
    }

    /// The place of a connection whose client showed a certificate (DER): its partner's, or that which it has.
    fileprivate func place(certificate: [UInt8], address: String, has old: Place) -> Place? {
        guard let partner = gateway.partners.partner(ofClient: certificate) else { return old }
        leave(old)
        return place("partner \(partner.name)", atMost: partner.limits.connections, address)
    }

    private func place(_ key: String, atMost most: Int, _ address: String) -> Place? {
        let isAdmitted = open.withLock { open in
            guard open[key, default: 0] < most else { return false }
            open[key, default: 0] += 1
            return true
        }
        if isAdmitted { return .counted(key) }
        gateway.noteUnreadable(
            correlationID: LocalID.make(), peer: address,
            reason: "rule \(Rule.tooManyRequests.number): more than \(most) connections at one time of \(key)")
        return nil
    }

    fileprivate func leave(_ place: Place) {
        guard case .counted(let key) = place else { return }
        open.withLock { open in
            guard let count = open[key] else { return }
            open[key] = count > 1 ? count - 1 : nil
        }
    }

    fileprivate enum Place {
        case free
        case counted(String)
    }
}

/// Holds one connection's place until its end; a connection without one is closed.
final class ConnectionPass: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    /// `nil` lets every connection stand.
    private let gate: ConnectionGate?
    private var place: ConnectionGate.Place?

    init(_ gate: ConnectionGate?) {
        self.gate = gate
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let gate else { return }
        place = gate.place(address: context.address)
        if place == nil { context.close(mode: .all, promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent, let gate, let old = place,
            let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
            let certificate = try? tls.peerCertificate?.toDERBytes()
        {
            place = gate.place(certificate: certificate, address: context.address, has: old)
            if place == nil { context.close(mode: .all, promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        if let place { gate?.leave(place) }
        place = nil
    }
}

extension ChannelHandlerContext {
    fileprivate var address: String { remoteAddress?.ipAddress ?? "unknown" }
}
