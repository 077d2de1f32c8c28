public import NIOSSL

/// Why a connection to a partner did not come about, in words and with the key to look at.
public struct TLSFailure: Error, CustomStringConvertible {
    public let description: String

    /// - Parameters:
    ///   - own: the partner's own settings, where its file has any; they held in place of `common`.
    /// - Returns: `nil` where TLS had nothing to do with it.
    public init?(_ error: any Error, own: ConnectionTLS?, common: ConnectionTLS?) {
        guard error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError else { return nil }
        let section = own == nil ? "partnerTLS" : "endpoint.tls"
        let text = "\(error)"
        func has(_ marks: String...) -> Bool { marks.contains { text.contains($0) } }
        if let extra = error as? NIOSSLExtraError, extra == .failedToValidateHostname {
            description = "the server's certificate is not for the host that endpoint.url names"
        } else if has("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL") {
            let least = (own ?? common)?.minimumTLSVersion == .tlsv13 ? "TLS 1.3" : "TLS 1.2"
            description = "the server does not speak \(least), the least that \(section).minimumVersion allows"
        } else if has("CERTIFICATE_VERIFY_FAILED") {
            description = "the server's certificate is not from an authority of \(section).anchors, or its time is over"
        } else if has(
            "UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_REQUIRED", "CERTIFICATE_UNKNOWN", "CERTIFICATE_EXPIRED", "ACCESS_DENIED")
        {
            description = "the server does not accept our certificate (\(section).certificate): \(TLSFailure.reason(text))"
        } else if has("WRONG_VERSION_NUMBER", "HTTP_REQUEST") {
            description = "what answers at this port does not speak TLS"
        } else if has("HANDSHAKE_FAILURE", "NO_SHARED_CIPHER") {
            description =
                "the server ends the handshake: it wants another client certificate (\(section).certificate), or no cipher with "
                + "forward secrecy and authenticated encryption"
        } else {
            description = "TLS failed: \(TLSFailure.reason(text))"
        }
    }

    /// The library's word for it, without the place in its sources.
    private static func reason(_ text: String) -> String {
        if let match = text.firstMatch(of: #/OPENSSL_internal:(?<word>[A-Z0-9_]+)/#) { return String(match.word) }
        return String(text.split(separator: " at /").first ?? "")
    }
}
