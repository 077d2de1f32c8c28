import SOAP
import Support
import Testing
import Trust
import WSSecurity
import XML

struct EnvelopeVerifierTests {
    @Test(arguments: SOAPVersion.allCases) func `what we sign verifies with both engines`(_ version: SOAPVersion) async throws {
        for identity in [TestIdentity.rsa, TestIdentity.p256] {
            let addressing = OutgoingEnvelope.requestAddressing(to: "https://x/send-co", action: "a", messageID: "urn:uuid:1")
            let (content, report) = try SignedEnvelopes.verify(
                try await SignedEnvelopes.make(identity, version: version, addressing: addressing))
            #expect(content == "812.500")
            #expect(report.verdict == .good)
            #expect(report.secondEngine == .agrees)
            #expect(report.integrity == .intact)
            #expect(
                report.parts.map(\.path) == [
                    "/Envelope/Body", "/Envelope/Header/Security/Timestamp", "/Envelope/Header/To", "/Envelope/Header/Action",
                    "/Envelope/Header/MessageID", "/Envelope/Header/ReplyTo",
                ])
        }
    }

    @Test(arguments: [
        (">812.500<", ">812.501<", "digest-wrong"),
        ("<wsu:Created>2026-11-22T10:00:00.000Z", "<wsu:Created>2026-11-22T10:00:01.000Z", "digest-wrong"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA", "signature-wrong"),
        ("xmlenc#sha256", "sha1-is-not-here", "algorithm-not-allowed"),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", "algorithm-not-allowed"),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "algorithm-not-allowed"),
        (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            "algorithm-not-allowed"
        ),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "key-does-not-fit"),
        ("한빛", "한국", "digest-wrong"),
        ("wsse:BinarySecurityToken", "wsse:UsernameToken", "security-header-content"),
        ("URI=\"#X509\"", "URI=\"#Body\"", "token-reference"),
        ("URI=\"#X509\"", "URI=\"https://x/cert\"", "token-reference"),
    ])
    func `a changed message is refused by its rule`(_ from: String, _ to: String, _ code: String) async throws {
        let text = try await SignedEnvelopes.make()
        #expect(SignedEnvelopes.refusal(try text.changing(from, to: to)) == code)
    }

    @Test func `trust is judged apart from integrity`() async throws {
        for (identity, code) in [
            (TestIdentity.expired, "certificate-expired"), (TestIdentity.authority, "certificate-is-ca"),
            (TestIdentity.keyEncipherment, "certificate-key-usage"),
        ] {
            let text = try await SignedEnvelopes.make(identity)
            var report = VerificationReport(judgedAt: TestIdentity.now)
            let envelope = try Envelope(reading: XMLDocument(parsing: Array(text.utf8)))
            #expect(throws: SecurityRefusal.self) {
                try EnvelopeVerifier(trust: SignedEnvelopes.trust).verify(envelope, at: TestIdentity.now, report: &report)
            }
            #expect(report.code == code)
            #expect(report.integrity == .intact)
            #expect(report.verdict == .bad)
        }
        let stranger = try await SignedEnvelopes.make(TestIdentity.stranger)
        #expect(SignedEnvelopes.refusal(stranger) == "signer-unknown")
    }

    @Test(arguments: [
        (created: 59, lifetime: 300, code: nil), (created: 60, lifetime: 300, code: nil),
        (created: 61, lifetime: 300, code: "timestamp-in-future"),
        (created: -299, lifetime: 300, code: nil), (created: -301, lifetime: 300, code: "timestamp-expired"),
        (created: -299, lifetime: 6000, code: nil), (created: -301, lifetime: 6000, code: "timestamp-expired"),
        (created: -30, lifetime: 20, code: "timestamp-expired"),
    ])
    func `the clock has separate limits for future and age`(_ limits: (created: Int, lifetime: Int, code: String?)) async throws {
        let created = TestIdentity.now.adding(seconds: Int64(limits.created))
        let text = try await SignedEnvelopes.make(created: created, lifetime: limits.lifetime)
        #expect(SignedEnvelopes.refusal(text) == limits.code)
    }

    @Test func `a comment in signed content is accepted and changes nothing`() async throws {
        let text = try await SignedEnvelopes.make().changing(">812.500<", to: ">812<!-- ,9 -->.500<")
        #expect(try SignedEnvelopes.verify(text).content == "812.500")
    }

    /// Re-indenting, other prefixes, another spelling of empty elements: only what C14N sees counts.
    @Test func `spellings that C14N does not see are accepted`() async throws {
        let text = try await SignedEnvelopes.make()
        let spelled = try text.changing("<soap:Header>", to: "<soap:Header  >").changing("</soap:Header>", to: "\n</soap:Header>\n")
            .changing("xmlns:m=\"u:m\"", to: "xmlns:m = 'u:m'")
        #expect(SignedEnvelopes.refusal(spelled) == nil)
        #expect(SignedEnvelopes.refusal(try text.changing("<m:Amount>", to: " <m:Amount>")) == "digest-wrong")
    }
}
