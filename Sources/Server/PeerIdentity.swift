internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOSSL

/// Who is at the other end of a connection: its address, and the certificate of its TLS.
struct PeerIdentity: Sendable {
    let address: String
    /// DER.
    let certificate: [UInt8]?

    /// What requests are counted by: a certificate belongs to one partner, an address at the least to one network.
    var key: String { certificate.map { "certificate \($0.hashValue)" } ?? "address \(address)" }
}

/// TLS that ends at a proxy, which then says who connected. Only the proxy's own addresses may say so.
public struct TLSProxy: Sendable {
    /// Addresses of the proxy, as text.
    public let addresses: Set<String>
    /// Header with the client's certificate: PEM with percent signs (nginx `$ssl_client_escaped_cert`), or DER in base64 (HAProxy
    /// `%[ssl_c_der,base64]`).
    public let certificateHeader: String

    public init(addresses: Set<String>, certificateHeader: String) {
        self.addresses = addresses
        self.certificateHeader = certificateHeader
    }

    func identity(_ request: Request, from address: String) -> PeerIdentity? {
        guard addresses.contains(address) else { return nil }
        let forwarded = request.headers[.forwardedFor]?.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) }
        let certificate = HTTPField.Name(certificateHeader).flatMap { request.headers[$0] }.flatMap(TLSProxy.der)
        return PeerIdentity(address: forwarded ?? address, certificate: certificate)
    }

    static func der(_ header: String) -> [UInt8]? {
        let text = header.removingPercentEncoding ?? header
        let lines = text.split(whereSeparator: \.isWhitespace).map(String.init).joined()
        let body = lines.replacingOccurrences(of: "-----BEGINCERTIFICATE-----", with: "").replacingOccurrences(
            of: "-----ENDCERTIFICATE-----", with: "")
        return Data(base64Encoded: body).map { Array($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension PeerContext {
    /// - Returns: `nil` where a proxy is expected and this is not it.
    func identity(_ request: Request, proxy: TLSProxy?) async -> PeerIdentity? {
        if let proxy { return proxy.identity(request, from: peer) }
        let certificate = try? await channel.nioSSL_peerCertificate().get()?.toDERBytes()
        return PeerIdentity(address: peer, certificate: certificate)
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
}
