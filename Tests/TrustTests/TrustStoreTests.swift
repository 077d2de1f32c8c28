import Support
import Testing
import Trust
import XML
import XMLSignature

struct TrustStoreTests {
    private static let root = TestAuthority("Root")
    private static let intermediate = TestAuthority("Intermediate", issuedBy: root)
    private static let subject = DistinguishedName("O=Korea Customs Service, C=KR")

    private static func request(_ name: String, organization: String = "Korea Customs Service", to: Double = 300) -> TestCertificate {
        TestCertificate(commonName: name, organization: organization, country: "KR", to: to)
    }

    private static func store(anchors: [TestAuthority] = [root], intermediates: [TestAuthority] = [], pins: [PinnedCertificate] = [])
        -> TrustStore
    {
        TrustStore(
            pins,
            authorities: [
                Authority(
                    owner: "korea", anchors: anchors.map(\.identity.certificate), intermediates: intermediates.map(\.identity.certificate),
                    subject: subject, origin: "test")
            ])
    }

    private func refusal(_ store: TrustStore, _ name: CertificateName, at moment: XMLDateTime = TestIdentity.now) -> TrustError? {
        do throws(TrustError) {
            _ = try store.signer(name).check(at: moment, evidence: store.evidence)
            return nil
        } catch {
            return error
        }
    }

    @Test func `every name of a pinned certificate leads to its owner`() throws {
        let certificate = TestIdentity.rsa.certificate
        let store = TrustStore([TestIdentity.rsa.pin("korea"), TestIdentity.p256.pin("vietnam")])
        for name: CertificateName in [
            .certificate(certificate.der), .path([TestIdentity.authority.certificate.der, certificate.der]),
            .issuerAndSerial(issuer: certificate.issuer, serial: certificate.decimalSerialNumber),
            .subjectKeyIdentifier(certificate.subjectKeyIdentifier), .thumbprintSHA1(certificate.thumbprint.bytes),
        ] {
            #expect(try store.signer(name).owner == "korea")
        }
        for name: CertificateName in [
            .certificate(TestIdentity.stranger.certificate.der), .certificate([]),
            .path([certificate.der, TestIdentity.stranger.certificate.der]),
            .issuerAndSerial(issuer: certificate.issuer, serial: certificate.decimalSerialNumber + "0"),
            .issuerAndSerial(issuer: "CN=Somebody", serial: certificate.decimalSerialNumber), .issuerAndSerial(issuer: "", serial: ""),
            .issuerAndSerial(issuer: certificate.issuer, serial: "-1"), .subjectKeyIdentifier([]), .thumbprintSHA1([1, 2, 3]),
        ] {
            #expect(throws: TrustError.self) { try store.signer(name) }
        }
    }

    @Test func `a certificate of the authority signs where its subject fits`() throws {
        let store = Self.store()
        let good = Self.root.issue(Self.request("Signing"))
        #expect(try store.signer(.certificate(good.certificate.der)).owner == "korea")
        #expect(refusal(store, .certificate(good.certificate.der)) == nil)
        let other = Self.root.issue(Self.request("Signing", organization: "Hanbit"))
        #expect(throws: TrustError.self) { try store.signer(.certificate(other.certificate.der)) }
        let forged = TestAuthority("Root").issue(Self.request("Signing"))
        #expect(forged.certificate.issuerName == good.certificate.issuerName)
        #expect(throws: TrustError.self) { try store.signer(.certificate(forged.certificate.der)) }
    }

    @Test func `an intermediate comes from the file or with the message`() throws {
        let signer = Self.intermediate.issue(Self.request("Signing"))
        #expect(throws: TrustError.self) { try Self.store().signer(.certificate(signer.certificate.der)) }
        #expect(refusal(Self.store(intermediates: [Self.intermediate]), .certificate(signer.certificate.der)) == nil)
        #expect(refusal(Self.store(), .path([Self.intermediate.identity.certificate.der, signer.certificate.der])) == nil)
        #expect(refusal(Self.store(anchors: [Self.intermediate]), .certificate(signer.certificate.der)) == nil)
        let foreign = TestAuthority("Intermediate")
        let forged = foreign.issue(Self.request("Signing"))
        #expect(throws: TrustError.self) { try Self.store().signer(.path([foreign.identity.certificate.der, forged.certificate.der])) }
    }

    @Test func `time is judged of signer and path`() throws {
        let ended = Self.root.issue(Self.request("Ended", to: -0.5))
        let before = TestIdentity.now.adding(seconds: -80_000)
        guard case .expired = refusal(Self.store(), .certificate(ended.certificate.der)) else {
            Issue.record("an expired certificate signs")
            return
        }
        #expect(refusal(Self.store(), .certificate(ended.certificate.der), at: before) == nil)
        let old = TestAuthority("Old", issuedBy: Self.root, to: -0.5)
        let signer = old.issue(Self.request("Signing"))
        guard case .path = refusal(Self.store(intermediates: [old]), .certificate(signer.certificate.der)) else {
            Issue.record("an expired intermediate vouches")
            return
        }
    }

    @Test func `an authority does not sign messages itself, and only authorities issue`() throws {
        guard
            case .certificationAuthority = refusal(
                TrustStore([], authorities: [Authority(owner: "x", anchors: [Self.root.identity.certificate], subject: nil, origin: "")]),
                .certificate(Self.root.identity.certificate.der))
        else {
            Issue.record("an authority signs")
            return
        }
    }

    @Test func `two partners of one authority are told apart by subject, or not at all`() throws {
        let anchor = [Self.root.identity.certificate]
        let signer = Self.root.issue(Self.request("Signing"))
        let apart = TrustStore(
            [],
            authorities: [
                Authority(owner: "korea", anchors: anchor, subject: DistinguishedName("C=KR"), origin: ""),
                Authority(owner: "vietnam", anchors: anchor, subject: DistinguishedName("C=VN"), origin: ""),
            ])
        #expect(try apart.signer(.certificate(signer.certificate.der)).owner == "korea")
        let alike = TrustStore(
            [],
            authorities: [
                Authority(owner: "korea", anchors: anchor, subject: DistinguishedName("C=KR"), origin: ""),
                Authority(owner: "vietnam", anchors: anchor, subject: DistinguishedName("O=Korea Customs Service"), origin: ""),
            ])
        guard case .ambiguousSigner = refusal(alike, .certificate(signer.certificate.der)) else {
            Issue.record("one certificate, two owners")
            return
        }
    }

    @Test func `a pin holds within its window`() throws {
        let now = TestIdentity.now
        let window = PinnedCertificate.Window(from: now, until: now.adding(seconds: 100))
        let store = TrustStore([TestIdentity.rsa.pin("korea", window: window)])
        let name = CertificateName.certificate(TestIdentity.rsa.certificate.der)
        #expect(refusal(store, name, at: now) == nil)
        #expect(refusal(store, name, at: now.adding(seconds: 100)) == nil)
        #expect(
            refusal(store, name, at: now.adding(seconds: -1)) == .notYetAnnounced(subject: TestIdentity.rsa.certificate.subject, from: now))
        #expect(
            refusal(store, name, at: now.adding(seconds: 101))
                == .retired(subject: TestIdentity.rsa.certificate.subject, until: now.adding(seconds: 100)))
    }

    @Test func `a pin's window holds for every encoding of its certificate`() throws {
        let signer = Self.root.issue(Self.request("Signing")).certificate
        let window = PinnedCertificate.Window(until: TestIdentity.now.adding(seconds: -1))
        let store = Self.store(pins: [PinnedCertificate(signer, owner: "korea", origin: "test", window: window)])
        // The length of the certificate in four octets, where DER takes two.
        let other = [0x30, 0x84, 0, 0] + signer.der.dropFirst(2)
        #expect(try Certificate(der: other).fingerprint != signer.fingerprint)
        for der in [signer.der, other] {
            #expect(refusal(store, .certificate(der)) == .retired(subject: signer.subject, until: TestIdentity.now.adding(seconds: -1)))
        }
    }

    @Test func `a path token is a sequence of certificates and nothing else`() throws {
        let certificates = [TestIdentity.authority.certificate.der, TestIdentity.rsa.certificate.der]
        let der = CertificateName.pkiPath(certificates)
        guard case .path(let read)? = CertificateName(pkiPath: der) else {
            Issue.record("a path is not read")
            return
        }
        #expect(read == certificates)
        let many = CertificateName.pkiPath(Array(repeating: TestIdentity.p256.certificate.der, count: 11))
        for broken: [UInt8] in [
            [], [0x30], Array(der.dropLast()), der + [0], [0x31] + der.dropFirst(), TestIdentity.rsa.certificate.der, many,
        ] {
            #expect(CertificateName(pkiPath: broken) == nil)
        }
    }
}
