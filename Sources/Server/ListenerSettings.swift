public import Exchanges
public import NIOSSL

/// Where a listener stands and what it takes.
public struct ListenerSettings: Sendable {
    public var host: String
    public var port: Int
    /// `nil` is plain HTTP, which the configuration allows on a loopback address and behind a proxy only.
    public var tls: TLSConfiguration?
    /// Where TLS ends in front of us.
    public var proxy: TLSProxy?
    /// Size of a request body in bytes.
    public var maximumBody: Int
    /// Seconds in which a request's body must have come.
    public var bodySeconds: Int
    /// Connections open at one time.
    public var maximumConnections: Int
    /// Seconds in which the TLS handshake and a request's head must have come.
    public var headSeconds: Int
    /// Bytes of a request's head.
    public var headerBytes: Int
    /// Seconds in which, after its body, a request must be answered and the answer read.
    public var answerSeconds: Int
    /// Seconds until a connection without traffic is closed.
    public var idleSeconds: Int
    /// For a peer that no partner's file binds to a client certificate.
    public var peerLimits: PartnerLimits
    /// Times that a body in Content-Encoding gzip may grow when it is unpacked; `nil` refuses it.
    public var gzip: Int?
    /// Seconds between the word that the gateway stops and the end of its listeners.
    public var drainSeconds = 0

    public init(
        host: String, port: Int, tls: TLSConfiguration? = nil, proxy: TLSProxy? = nil, maximumBody: Int = 4 * 1024 * 1024,
        bodySeconds: Int = 30, maximumConnections: Int = 1024, headSeconds: Int = 20, headerBytes: Int = 32 * 1024,
        answerSeconds: Int = 120, idleSeconds: Int = 60, peerLimits: PartnerLimits = PartnerLimits()
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.proxy = proxy
        self.maximumBody = maximumBody
        self.bodySeconds = bodySeconds
        self.maximumConnections = maximumConnections
        self.headSeconds = headSeconds
        self.headerBytes = headerBytes
        self.answerSeconds = answerSeconds
        self.idleSeconds = idleSeconds
        self.peerLimits = peerLimits
    }

    /// The address that a person on this machine opens.
    public var url: String { "\(tls == nil ? "http" : "https")://\(host):\(port)" }
}
