internal import Crypto
internal import Foundation
public import Trust
internal import X509
public import XML
internal import XMLSignature
internal import _CryptoExtras

/// Keys and certificates for tests, made once in a process; valid around the moment at which tests judge.
public enum TestIdentity {
    /// Tests never look at the clock of the machine.
    public static let now = XMLDateTime("2026-11-22T10:00:00Z")!

    public static let rsa = make("Partner RSA", key: .rsa)
    public static let p256 = make("Partner P-256", key: .p256)
    public static let stranger = make("Stranger", key: .rsa)
    public static let own = make("Own gateway", key: .p256)
    public static let expired = make("Expired", key: .p256, from: -20, to: -10)
    public static let authority = make("Authority", key: .p256, isAuthority: true)
    public static let keyEncipherment = make("Not for signing", key: .p256, maySign: false)

    enum Key { case rsa, p256 }

    private static func make(
        _ name: String, key kind: Key, from: Double = -1, to: Double = 300, isAuthority: Bool = false, maySign: Bool = true
    ) -> SigningIdentity {
        do {
            let key: X509.Certificate.PrivateKey =
                switch kind {
                case .rsa: X509.Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
                case .p256: X509.Certificate.PrivateKey(P256.Signing.PrivateKey())
                }
            let subject = try DistinguishedName { CommonName(name) }
            let moment = Date(timeIntervalSince1970: Double(now.seconds))
            let certificate = try X509.Certificate(
                version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: moment.addingTimeInterval(from * 86_400),
                notValidAfter: moment.addingTimeInterval(to * 86_400), issuer: subject, subject: subject,
                extensions: try X509.Certificate.Extensions {
                    if isAuthority {
                        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                    } else {
                        Critical(BasicConstraints.notCertificateAuthority)
                    }
                    Critical(KeyUsage(digitalSignature: maySign, keyEncipherment: !maySign))
                }, issuerPrivateKey: key)
            return try SigningIdentity(
                certificate: Trust.Certificate(pem: Array(try certificate.serializeAsPEM().pemString.utf8)),
                key: PrivateKey(pem: Array(try key.serializeAsPEM().pemString.utf8)))
        } catch {
            fatalError("a test identity could not be made: \(error)")
        }
    }
}

extension SigningIdentity {
    /// The certificate as a pin of the partner.
    public func pin(_ owner: String) -> PinnedCertificate { PinnedCertificate(certificate, owner: owner, origin: "test") }
}
