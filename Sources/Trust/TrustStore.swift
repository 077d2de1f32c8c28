public import XML
internal import XMLSignature

/// The certificates that partners are known by. A message only says which of them it used: a certificate that is not
/// here proves nothing, whoever issued it.
public struct TrustStore: Sendable {
    private let pins: [Digest: PinnedCertificate]

    public init(_ pins: [PinnedCertificate]) {
        self.pins = Dictionary(pins.map { ($0.certificate.fingerprint, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public var certificates: [PinnedCertificate] { Array(pins.values) }

    /// The pinned certificate with exactly these bytes.
    public func pin(der: [UInt8]) throws(TrustError) -> PinnedCertificate {
        let fingerprint = Digest(of: der)
        guard let pin = pins[fingerprint] else { throw .unknownSigner(fingerprint: fingerprint.hex) }
        return pin
    }
}

/// Trust in a certificate, judged apart from the integrity of what it signed.
public enum TrustError: Error, Hashable, Sendable {
    case unknownSigner(fingerprint: String)
    case notYetValid(subject: String, from: XMLDateTime)
    case expired(subject: String, at: XMLDateTime)
    case mayNotSign(subject: String)
    case certificationAuthority(subject: String)
}

extension TrustError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownSigner(let fingerprint):
            "no partner is known by the certificate with SHA-256 \(fingerprint); add it to the partner's file if it is theirs"
        case .notYetValid(let subject, let from):
            "the certificate of \(subject) is valid only from \(from.text)"
        case .expired(let subject, let at):
            "the certificate of \(subject) expired at \(at.text)"
        case .mayNotSign(let subject):
            "the key usage of the certificate of \(subject) allows neither digitalSignature nor nonRepudiation"
        case .certificationAuthority(let subject):
            "the certificate of \(subject) is a certification authority's, not a signer's"
        }
    }
}

extension Certificate {
    /// Judges whether this certificate could sign at that moment.
    public func checkSigner(at moment: XMLDateTime) throws(TrustError) {
        guard !isCertificationAuthority else { throw .certificationAuthority(subject: subject) }
        guard maySign else { throw .mayNotSign(subject: subject) }
        guard notBefore <= moment else { throw .notYetValid(subject: subject, from: notBefore) }
        guard moment <= notAfter else { throw .expired(subject: subject, at: notAfter) }
    }
}
