public import NIOSSL

/// The certificate, key and anchors of one end of mutual TLS.
public struct TLSMaterial: Sendable {
    public let chain: [NIOSSLCertificateSource]
    public let key: NIOSSLPrivateKeySource
    public let anchors: NIOSSLTrustRoots

    /// - Parameters: PEM files: our certificate with its chain, its key, and the authorities that the other end's
    ///   certificate must come from.
    public init(certificateFile: String, keyFile: String, anchorsFile: String) throws {
        chain = try NIOSSLCertificate.fromPEMFile(certificateFile).map { .certificate($0) }
        key = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
        anchors = .certificates(try NIOSSLCertificate.fromPEMFile(anchorsFile))
    }

    private init(chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKeySource, anchors: NIOSSLTrustRoots) {
        self.chain = chain
        self.key = key
        self.anchors = anchors
    }

    /// The same certificate and key with other authorities.
    public func with(anchorsFile: String) throws -> TLSMaterial {
        TLSMaterial(chain: chain, key: key, anchors: .certificates(try NIOSSLCertificate.fromPEMFile(anchorsFile)))
    }

    /// TLS 1.2 or 1.3; a client without a certificate from the anchors is turned away in the handshake.
    public var server: TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = anchors
        configuration.certificateVerification = .noHostnameVerification
        configuration.cipherSuites = TLSMaterial.ciphers
        configuration.renegotiationSupport = .none
        // A client that does not say good-bye does not hold up a stop.
        configuration.shutdownTimeout = .milliseconds(500)
        return configuration
    }

    /// For TLS 1.2: forward secrecy and authenticated encryption only (RFC 9325, section 4.2); TLS 1.3 has nothing else.
    private static let ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

    /// What a server must speak at least.
    public enum LeastVersion: String, CaseIterable, Sendable {
        case v12 = "1.2"
        case v13 = "1.3"
    }

    public func client(least version: LeastVersion) -> TLSConfiguration {
        var configuration = client
        configuration.minimumTLSVersion = version == .v13 ? .tlsv13 : .tlsv12
        return configuration
    }

    public var client: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = anchors
        configuration.certificateChain = chain
        configuration.privateKey = key
        configuration.cipherSuites = TLSMaterial.ciphers
        configuration.renegotiationSupport = .none
        return configuration
    }
}
