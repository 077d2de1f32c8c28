public import Trust
public import WSSecurity
public import XML
internal import XMLSignature

/// Who signs, and when it is judged. Keys and certificates are those of `make-identities`, the same everywhere.
public struct FuzzIdentities: Sendable {
    /// Every message is signed and judged at this moment.
    public static let now = XMLDateTime(seconds: 1_795_341_600)

    public static let names = ["rsa", "p256", "p384", "issued", "short", "expired"]

    public let signers: [String: SigningIdentity]
    private let authority: Certificate

    public init(_ folder: FuzzFolder) {
        signers = Dictionary(uniqueKeysWithValues: FuzzIdentities.names.map { ($0, folder.identity($0)) })
        authority = folder.identity("authority").certificate
    }

    /// All are pinned but `issued`, which an authority vouches for: so a stranger's certificate is looked at too.
    public var trust: TrustStore {
        TrustStore(
            signers.filter { $0.key != "issued" }.map { PinnedCertificate($1.certificate, owner: $0, origin: "") },
            authorities: [Authority(owner: "issued", anchors: [authority], subject: nil, origin: "")])
    }

    /// P-384 is the partner whose toolkit knows only SHA-1 digests.
    public func policies(_ secondEngine: SecurityPolicy.SecondEngine) -> SecurityPolicies {
        SecurityPolicies(
            SecurityPolicy(secondEngine: secondEngine),
            own: ["p384": SecurityPolicy(sha1Until: FuzzIdentities.now.adding(seconds: 86_400), secondEngine: secondEngine)])
    }
}

extension FuzzFolder {
    /// A certificate of `make-identities` and its key.
    public func identity(_ name: String) -> SigningIdentity {
        guard let certificate = try? Certificate(pem: read("identities/\(name).pem")) else {
            fatalError("identities/\(name).pem is no certificate")
        }
        guard let key = try? PrivateKey(pem: read("identities/\(name).key")),
            let identity = try? SigningIdentity(certificate: certificate, key: key)
        else { fatalError("identities/\(name).key is no key of identities/\(name).pem") }
        return identity
    }
}
