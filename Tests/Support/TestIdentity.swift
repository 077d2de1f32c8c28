internal import Crypto
internal import Foundation
internal import SwiftASN1
public import Trust
internal import X509
public import XML
internal import XMLSignature
internal import _CryptoExtras

/// Keys and certificates for tests, made once in a process; valid around the moment at which tests judge.
public enum TestIdentity {
    /// Tests never look at the clock of the machine.
    public static let now = XMLDateTime("2026-11-22T10:00:00Z")!

    public static let rsa = signing("Partner RSA", key: .rsa)
    public static let p256 = signing("Partner P-256", key: .p256)
    public static let p384 = signing("Partner P-384", key: .p384)
    public static let p521 = signing("Partner P-521", key: .p521)
    public static let stranger = signing("Stranger", key: .rsa)
    public static let own = signing("Own gateway", key: .p256)
    public static let expired = signing("Expired", key: .p256, from: -20, to: -10)
    public static let authority = TestAuthority("Authority").identity
    public static let keyEncipherment = signing("Not for signing", key: .p256, maySign: false)

    /// A certificate that signs itself.
    public static func signing(
        _ name: String, key: TestKey = .p256, from: Double = -1, to: Double = 300, maySign: Bool = true
    ) -> SigningIdentity {
        make(TestCertificate(commonName: name, key: key, from: from, to: to, maySign: maySign), issuer: nil).identity
    }

    fileprivate static func make(
        _ request: TestCertificate, issuer: (certificate: X509.Certificate, key: X509.Certificate.PrivateKey)?
    ) -> (identity: SigningIdentity, certificate: X509.Certificate, key: X509.Certificate.PrivateKey) {
        do {
            let key = try request.key.make()
            let subject = try DistinguishedName {
                if let country = request.country { CountryName(country) }
                if let organization = request.organization { OrganizationName(organization) }
                if let unit = request.unit { OrganizationalUnitName(unit) }
                CommonName(request.commonName)
            }
            let moment = Date(timeIntervalSince1970: Double(now.seconds))
            let identifier = ArraySlice(Insecure.SHA1.hash(data: key.publicKey.subjectPublicKeyInfoBytes))
            let certificate = try X509.Certificate(
                version: .v3, serialNumber: .init(), publicKey: key.publicKey,
                notValidBefore: moment.addingTimeInterval(request.from * 86_400),
                notValidAfter: moment.addingTimeInterval(request.to * 86_400), issuer: issuer?.certificate.subject ?? subject,
                subject: subject,
                extensions: try X509.Certificate.Extensions {
                    if request.isAuthority {
                        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    } else {
                        Critical(BasicConstraints.notCertificateAuthority)
                        Critical(KeyUsage(digitalSignature: request.maySign, keyEncipherment: !request.maySign))
                    }
                    SubjectKeyIdentifier(keyIdentifier: identifier)
                    if let parent = try issuer?.certificate.extensions.subjectKeyIdentifier {
                        AuthorityKeyIdentifier(keyIdentifier: parent.keyIdentifier)
                    }
                }, issuerPrivateKey: issuer?.key ?? key)
            let identity = try SigningIdentity(
                certificate: Trust.Certificate(pem: Array(try certificate.serializeAsPEM().pemString.utf8)),
                key: PrivateKey(pem: Array(try key.serializeAsPEM().pemString.utf8)))
            return (identity, certificate, key)
        } catch {
            fatalError("a test identity could not be made: \(error)")
        }
    }
}

/// What a certificate of a test is asked to say.
public struct TestCertificate: Sendable {
    public var commonName: String
    public var organization: String?
    public var unit: String?
    public var country: String?
    public var key: TestKey
    /// Days from the moment at which tests judge.
    public var from: Double
    public var to: Double
    public var isAuthority: Bool
    public var maySign: Bool

    public init(
        commonName: String, organization: String? = nil, unit: String? = nil, country: String? = nil, key: TestKey = .p256,
        from: Double = -1, to: Double = 300, isAuthority: Bool = false, maySign: Bool = true
    ) {
        self.commonName = commonName
        self.organization = organization
        self.unit = unit
        self.country = country
        self.key = key
        self.from = from
        self.to = to
        self.isAuthority = isAuthority
        self.maySign = maySign
    }
}

public enum TestKey: CaseIterable, Sendable {
    case rsa, p256, p384, p521

    fileprivate func make() throws -> X509.Certificate.PrivateKey {
        switch self {
        case .rsa: X509.Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        case .p256: X509.Certificate.PrivateKey(P256.Signing.PrivateKey())
        case .p384: X509.Certificate.PrivateKey(P384.Signing.PrivateKey())
        case .p521: X509.Certificate.PrivateKey(P521.Signing.PrivateKey())
        }
    }
}

/// A certification authority for tests.
public struct TestAuthority: Sendable {
    public let identity: SigningIdentity
    private let certificate: X509.Certificate
    private let key: X509.Certificate.PrivateKey

    public init(_ name: String, issuedBy parent: TestAuthority? = nil, from: Double = -1, to: Double = 3000) {
        let request = TestCertificate(commonName: name, from: from, to: to, isAuthority: true)
        (identity, certificate, key) = TestIdentity.make(request, issuer: parent.map { ($0.certificate, $0.key) })
    }

    public func issue(_ request: TestCertificate) -> SigningIdentity { TestIdentity.make(request, issuer: (certificate, key)).identity }
}

extension SigningIdentity {
    /// The certificate as a pin of the partner.
    public func pin(_ owner: String, window: PinnedCertificate.Window = .init()) -> PinnedCertificate {
        PinnedCertificate(certificate, owner: owner, origin: "test", window: window)
    }
}
