import SOAP
import Support
import Testing
import Trust
import WSSecurity
import XML

/// What a partner's style changes in an envelope of ours; libxmlsec1 judges each.
struct StyleTests {
    private static let request = OutgoingEnvelope(
        version: .v11, addressing: OutgoingEnvelope.requestAddressing(to: "https://vietnam.test", action: "u:a", messageID: "u:1"),
        content: SignedEnvelopes.content, form: .canonical)

    private func sign(_ style: SigningStyle, confirming: [[UInt8]]? = nil) async throws -> SignedEnvelope {
        let identity = TestIdentity.rsa
        return try await identity.finish(
            EnvelopeDraft(Self.request, identity: identity, style: style, created: TestIdentity.now, confirming: confirming))
    }

    private func text(_ style: SigningStyle) async throws -> String { String(decoding: try await sign(style).bytes, as: UTF8.self) }

    private static let orders: [[SigningStyle.Child]] = [
        [.token, .timestamp, .signature], [.timestamp, .token, .signature], [.signature, .token, .timestamp],
        [.token, .signature, .timestamp],
    ]

    @Test(arguments: orders, SigningStyle.Place.allCases)
    func `the children of Security stand as told, and the message verifies`(
        _ order: [SigningStyle.Child], _ place: SigningStyle.Place
    ) async throws {
        let text = try await text(SigningStyle(order: order, place: place))
        #expect(try SignedEnvelopes.verify(text).report.parts.count == 6)
        let root = try XMLDocument(parsing: Array(text.utf8)).root
        let header = try #require(root.child(SOAPVersion.v11.name("Header")))
        let security = try #require(header.children.first { $0.local == "Security" })
        let names: [SigningStyle.Child: String] = [.token: "BinarySecurityToken", .timestamp: "Timestamp", .signature: "Signature"]
        #expect(security.children.map(\.local) == order.map { names[$0] })
        #expect(Array(header.children).firstIndex { $0.isSameNode(as: security) } == (place == .first ? 0 : 4))
    }

    @Test(arguments: SigningStyle.Token.allCases)
    func `a token that is signed too verifies, where there is one`(_ token: SigningStyle.Token) async throws {
        let text = try await text(SigningStyle(token: token, parts: [.body, .timestamp, .addressing, .token]))
        let hasToken = [.binarySecurityToken, .pkiPath].contains(token)
        #expect(try SignedEnvelopes.verify(text).report.parts.count == (hasToken ? 7 : 6))
    }

    @Test func `what is not to be signed is not, and a verifier that needs it says so`() async throws {
        #expect(try SignedEnvelopes.verify(await text(SigningStyle(parts: [.body, .timestamp]))).report.parts.count == 2)
        #expect(SignedEnvelopes.refusal(try await text(SigningStyle(parts: [.body]))) == "part-not-signed")
        #expect(SignedEnvelopes.refusal(try await text(SigningStyle(order: [.token, .signature]))) == "timestamp-missing")
    }

    @Test(arguments: [(0, "00Z"), (1, "00.1Z"), (3, "00.123Z"), (9, "00.123456789Z")])
    func `times have as many digits as told`(_ digits: Int, _ end: String) async throws {
        let moment = XMLDateTime(seconds: 1_763_805_600, nanoseconds: 123_456_789)
        #expect(moment.text(fractionDigits: digits).hasSuffix(end))
        #expect(XMLDateTime(moment.text(fractionDigits: 9)) == moment)
        let text = try await text(SigningStyle(fractionDigits: digits, lifetime: 60))
        #expect(text.contains("<wsu:Expires>\(TestIdentity.now.adding(seconds: 60).text(fractionDigits: digits))</wsu:Expires>"))
        #expect(SignedEnvelopes.refusal(text) == nil)
    }

    @Test func `mustUnderstand is left out where told`() async throws {
        #expect(try await text(SigningStyle()).contains("soap:mustUnderstand=\"1\""))
        let text = try await text(SigningStyle(mustUnderstand: false))
        #expect(!text.contains("mustUnderstand"))
        #expect(SignedEnvelopes.refusal(text) == nil)
    }

    @Test(arguments: orders + [[.token, .signature]])
    func `an answer confirms the signature of its request, signed`(_ order: [SigningStyle.Child]) async throws {
        let request = try await sign(SigningStyle())
        let bytes = try await sign(SigningStyle(order: order), confirming: [request.signatureValue]).bytes
        let policy = SecurityPolicy(secondEngine: .asked)
        guard order.contains(.timestamp) else {
            return #expect(SignedEnvelopes.refusal(String(decoding: bytes, as: UTF8.self)) == "timestamp-missing")
        }
        let envelope = try Envelope(reading: XMLDocument(parsing: bytes))
        let verified = try EnvelopeVerifier(trust: SignedEnvelopes.trust, policy: policy).verify(envelope, at: TestIdentity.now)
        #expect(verified.confirmedValues == [request.signatureValue])
    }

    @Test func `a confirmation that is not signed confirms nothing`() async throws {
        let confirmation =
            "<c:SignatureConfirmation xmlns:c=\"http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd\" Value=\"AAAA\"/>"
        let text = try await text(SigningStyle()).changing("<ds:Signature ", to: confirmation + "<ds:Signature ")
        let envelope = try Envelope(reading: XMLDocument(parsing: Array(text.utf8)))
        let verified = try EnvelopeVerifier(trust: SignedEnvelopes.trust).verify(envelope, at: TestIdentity.now)
        #expect(verified.confirmedValues == [[]])
    }

    @Test func `the content stands where the envelope says`() async throws {
        let signed = try await sign(SigningStyle(order: [.signature, .token, .timestamp], place: .first))
        #expect(Array(signed.bytes[signed.content]) == SignedEnvelopes.content)
    }
}
