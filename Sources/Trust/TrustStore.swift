internal import COpenSSL
internal import XML
internal import XMLSignature

/// The certificates and authorities that partners are known by. A message only says which certificate it used: one that is
/// neither here nor issued by an authority that is here proves nothing, whoever issued it.
public struct TrustStore: Sendable {
    public let certificates: [PinnedCertificate]
    public let authorities: [Authority]
    /// Revocation lists and answers; shared by stores that follow each other at reloads.
    public let evidence: RevocationEvidence
    /// The environment that certificates must be for, where they say one; `nil` does not look.
    public let environment: String?

    private let byFingerprint: [Digest: PinnedCertificate]
    private let byThumbprint: [[UInt8]: PinnedCertificate]
    private let byKeyIdentifier: [[UInt8]: [PinnedCertificate]]
    private let bySerial: [String: [PinnedCertificate]]

    public init(
        _ pins: [PinnedCertificate], authorities: [Authority] = [], evidence: RevocationEvidence = RevocationEvidence(),
        environment: String? = nil
    ) {
        self.environment = environment
        certificates = pins
        self.authorities = authorities
        self.evidence = evidence
        byFingerprint = Dictionary(pins.map { ($0.certificate.fingerprint, $0) }, uniquingKeysWith: { first, _ in first })
        let unique = byFingerprint.values
        byThumbprint = Dictionary(unique.map { ($0.certificate.thumbprint.bytes, $0) }, uniquingKeysWith: { first, _ in first })
        byKeyIdentifier = Dictionary(grouping: unique, by: \.certificate.subjectKeyIdentifier)
        bySerial = Dictionary(grouping: unique, by: \.certificate.serialNumber)
    }

    /// Whose certificate a message names. For one of an authority the path is looked at, time and revocation are not yet.
    public func signer(_ name: CertificateName) throws(TrustError) -> KnownSigner {
        switch name {
        case .certificate(let der): return try signer(der: der, brought: [])
        case .path(let path): return try signer(der: path.last ?? [], brought: Array(path.dropLast()))
        case .thumbprintSHA1(let thumbprint):
            return try only(byThumbprint[thumbprint].map { [$0] } ?? [], "the certificate with SHA-1 \(thumbprint.hex)")
        case .subjectKeyIdentifier(let identifier):
            return try only(byKeyIdentifier[identifier] ?? [], "a certificate with the subject key identifier \(identifier.hex)")
        case .issuerAndSerial(let issuer, let serial):
            let named = "a certificate of \(issuer.prefix(400)) with serial number \(serial.prefix(80))"
            guard let number = TrustStore.hexadecimal(serial), let name = DistinguishedName(issuer) else { throw .unknownSigner(named) }
            return try only((bySerial[number] ?? []).filter { $0.certificate.issuerName == name }, named)
        }
    }

    private func only(_ found: [PinnedCertificate], _ named: String) throws(TrustError) -> KnownSigner {
        guard let pin = found.first else { throw .unknownSigner(named) }
        guard found.count == 1 else { throw .ambiguousSigner(named) }
        return pinned(pin)
    }

    /// A pin is trusted by itself; where an authority at hand issued it too, that one's lists are asked.
    private func pinned(_ pin: PinnedCertificate) -> KnownSigner {
        let issuers = authorities.filter { authority in
            !authority.revocation.isNone && CertificationPath(certificate: pin.certificate, authority: authority, brought: []).defect == nil
        }
        return KnownSigner(certificate: pin.certificate, owner: pin.owner, origin: .pinned(pin, issuedBy: issuers))
    }

    private func signer(der: [UInt8], brought: [[UInt8]]) throws(TrustError) -> KnownSigner {
        let fingerprint = Digest(of: der)
        if let pin = byFingerprint[fingerprint] { return pinned(pin) }
        let named = "the certificate with SHA-256 \(fingerprint.hex)"
        guard !authorities.isEmpty, let certificate = try? Certificate(der: der) else { throw .unknownSigner(named) }
        if let pin = pin(of: certificate) { return pinned(pin) }
        let candidates = authorities.filter { $0.mayHaveIssued(certificate) }
        guard !candidates.isEmpty else { throw .unknownSigner(named) }
        let others = brought.compactMap { try? Certificate(der: $0) }
        let defects = candidates.map { CertificationPath(certificate: certificate, authority: $0, brought: others).defect }
        let issuing = zip(candidates, defects).filter { $0.1 == nil }.map(\.0)
        guard let authority = issuing.first else {
            let reasons = zip(candidates, defects).map { "an authority of \($0.owner), whose subject fits: \($1 ?? "")" }
            throw .unknownSigner("\(named) (not issued by \(reasons.joined(separator: "; ")))")
        }
        guard Set(issuing.map(\.owner)).count == 1 else { throw .ambiguousSigner(named) }
        try checkEnvironment(certificate)
        return KnownSigner(certificate: certificate, owner: authority.owner, origin: .issued(by: issuing, brought: others))
    }

    /// The pin of this certificate in another encoding, or with another signature of the authority: it would escape from the pin's window.
    private func pin(of certificate: Certificate) -> PinnedCertificate? {
        bySerial[certificate.serialNumber]?.first { pin in
            pin.certificate.issuerName == certificate.issuerName
                && EVP_PKEY_eq(X509_get0_pubkey(pin.certificate.handle.pointer), X509_get0_pubkey(certificate.handle.pointer)) == 1
        }
    }

    /// Pins are looked at when they are registered; what an authority issued is seen here for the first time.
    private func checkEnvironment(_ certificate: Certificate) throws(TrustError) {
        guard let environment, let stated = certificate.statedEnvironment, stated != environment else { return }
        throw .otherEnvironment(subject: certificate.subject, stated: stated, expected: environment)
    }

    /// A decimal number as the hexadecimal that certificates are kept by.
    private static func hexadecimal(_ decimal: String) -> String? {
        guard !decimal.isEmpty, decimal.utf8.count <= 64, decimal.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        var number: OpaquePointer?
        guard BN_dec2bn(&number, decimal) > 0 else { return nil }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { return nil }
        defer { CRYPTO_free(text, nil, 0) }
        return String(cString: text)
    }
}
