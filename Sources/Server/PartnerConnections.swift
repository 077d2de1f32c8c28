public import NIOSSL

/// How one connection speaks TLS.
public typealias ConnectionTLS = TLSConfiguration

/// The TLS of our connections to partners.
public struct PartnerConnections: Sendable {
    /// Of all partners that have nothing of their own.
    public let common: TLSConfiguration?
    /// By partner.
    public let own: [String: TLSConfiguration]

    public init(common: TLSConfiguration?, own: [String: TLSConfiguration] = [:]) {
        self.common = common
        self.own = own
    }
}
