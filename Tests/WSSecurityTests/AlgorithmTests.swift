import SOAP
import Support
import Testing
import Trust
import WSSecurity
import XML
import XMLSignature

struct AlgorithmTests {
    static let identities = [TestIdentity.rsa, TestIdentity.p256, TestIdentity.p384, TestIdentity.p521]
    static let trust = TrustStore(identities.map { $0.pin($0.certificate.subject) })

    private func verify(
        _ identity: SigningIdentity, _ style: SigningStyle, policy: SecurityPolicy = SecurityPolicy(secondEngine: .asked),
        change: (String) throws -> String = { $0 }
    ) async throws -> VerificationReport {
        let envelope = OutgoingEnvelope(version: .v12, addressing: [], content: SignedEnvelopes.content, form: .canonical)
        let bytes = try await identity.sign(envelope, style: style, created: TestIdentity.now).bytes
        let text = try change(String(decoding: bytes, as: UTF8.self))
        var report = VerificationReport(judgedAt: TestIdentity.now)
        _ = try? EnvelopeVerifier(trust: Self.trust, policy: policy).verify(
            Envelope(reading: XMLDocument(parsing: Array(text.utf8))), at: TestIdentity.now, report: &report)
        return report
    }

    @Test(arguments: SignatureAlgorithm.allCases.filter { $0 != .rsaSHA1 })
    func `every algorithm signs and verifies, and libxmlsec1 agrees where it can`(_ algorithm: SignatureAlgorithm) async throws {
        for identity in Self.identities where identity.signer.kind.fits(algorithm) {
            for digest in [DigestAlgorithm.sha256, .sha384, .sha512] {
                let report = try await verify(identity, SigningStyle(algorithm: algorithm, digest: digest))
                #expect(report.verdict == .good, "\(identity.signer.kind) \(algorithm) \(report.reason ?? "")")
                #expect(report.secondEngine == (algorithm.scheme == .rsaPSS ? .unable : .agrees))
            }
            let changed = try await verify(identity, SigningStyle(algorithm: algorithm)) { try $0.changing("812.500", to: "812.501") }
            #expect(changed.code == "digest-wrong")
            let resigned = try await verify(identity, SigningStyle(algorithm: algorithm)) {
                try $0.changing("URI=\"#Timestamp\"", to: "URI=\"#Timestamq\"")
            }
            #expect(resigned.code == "signature-wrong")
        }
    }

    @Test(arguments: SigningStyle.Token.allCases)
    func `every way to name a certificate is understood`(_ token: SigningStyle.Token) async throws {
        for identity in Self.identities {
            let report = try await verify(identity, SigningStyle(token: token))
            #expect(report.verdict == .good, "\(report.reason ?? "")")
            #expect(report.secondEngine == .agrees)
            #expect(report.signer?.partner == identity.certificate.subject)
        }
    }

    @Test func `SHA-1 is refused unless the partner's file allows it, for a time, and then told`() async throws {
        let style = SigningStyle(algorithm: .rsaSHA1, digest: .sha1)
        let (day, now) = (Int64(86_400), TestIdentity.now)
        #expect(try await verify(TestIdentity.rsa, style).code == "algorithm-not-allowed")
        #expect(try await verify(TestIdentity.rsa, SigningStyle(digest: .sha1)).code == "algorithm-not-allowed")
        let allowed = SecurityPolicy(sha1Until: now.adding(seconds: day), secondEngine: .asked)
        let report = try await verify(TestIdentity.rsa, style, policy: allowed)
        #expect(report.verdict == .good)
        #expect(report.warnings.map(\.code) == ["sha1"])
        let ended = SecurityPolicy(sha1Until: now.adding(seconds: -1))
        #expect(try await verify(TestIdentity.rsa, style, policy: ended).code == "algorithm-not-allowed")
    }

    @Test func `one partner's policy is not another's`() async throws {
        let envelope = OutgoingEnvelope(version: .v12, addressing: [], content: SignedEnvelopes.content, form: .canonical)
        var narrow = SecurityPolicy()
        narrow.signature.signatureAlgorithms = [.ecdsaSHA384]
        let policies = SecurityPolicies(SecurityPolicy(), own: [TestIdentity.p384.certificate.subject: narrow])
        let verifier = EnvelopeVerifier(trust: Self.trust, policies: policies)
        for (identity, algorithm, isGood) in [
            (TestIdentity.p384, SignatureAlgorithm.ecdsaSHA384, true), (TestIdentity.p384, .ecdsaSHA256, false),
            (TestIdentity.p256, .ecdsaSHA256, true),
        ] {
            let bytes = try await identity.sign(envelope, style: SigningStyle(algorithm: algorithm), created: TestIdentity.now).bytes
            let read = try Envelope(reading: XMLDocument(parsing: bytes))
            #expect(((try? verifier.verify(read, at: TestIdentity.now)) != nil) == isGood)
        }
    }

    @Test(arguments: [
        ("", true), (Self.parameters(digest: "xmlenc#sha256", salt: 32, mgf: "xmlenc#sha256"), true),
        (
            "<p:RSAPSSParams xmlns:p=\"http://www.w3.org/2007/05/xmldsig-more#\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha512\"/></p:RSAPSSParams>",
            true
        ),
        (Self.parameters(digest: "xmlenc#sha256", salt: 20, mgf: "xmlenc#sha256"), false),
        (Self.parameters(digest: "xmlenc#sha256", salt: 32, mgf: "xmlenc#sha512"), false),
        (Self.parameters(digest: "xmldsig#sha1", salt: 20, mgf: "xmldsig#sha1"), false), ("<x/>", false), ("text", false),
        (
            Self.parameters(digest: "xmlenc#sha256", salt: 32, mgf: "xmlenc#sha256").replacingOccurrences(
                of: "</p:SaltLength>", with: "</p:SaltLength><x/>"), false
        ),
    ])
    func `RSA-PSS may spell out its parameters, but only those that are computed`(_ parameters: String, _ isRead: Bool) async throws {
        let name = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
        let report = try await verify(TestIdentity.rsa, SigningStyle(algorithm: .rsaPSSSHA256)) {
            try $0.changing(
                "<ds:SignatureMethod Algorithm=\"\(name)\">",
                to: "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2007/05/xmldsig-more#rsa-pss\">\(parameters)")
        }
        // SignedInfo was changed, so the value cannot fit any more; what is not read is refused before it is computed.
        #expect((report.code == "signature-wrong") == isRead, "\(report.code ?? "")")
    }

    private static func parameters(digest: String, salt: Int, mgf: String) -> String {
        let base = "http://www.w3.org/2001/04/"
        func uri(_ name: String) -> String { name.hasPrefix("xmldsig#") ? "http://www.w3.org/2000/09/" + name : base + name }
        return "<p:RSAPSSParams xmlns:p=\"http://www.w3.org/2007/05/xmldsig-more#\"><ds:DigestMethod Algorithm=\"\(uri(digest))\"/>"
            + "<p:MaskGenerationFunction Algorithm=\"http://www.w3.org/2007/05/xmldsig-more#MGF1\"><ds:DigestMethod Algorithm=\"\(uri(mgf))\"/>"
            + "</p:MaskGenerationFunction><p:SaltLength>\(salt)</p:SaltLength><p:TrailerField>1</p:TrailerField></p:RSAPSSParams>"
    }
}
