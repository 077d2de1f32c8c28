import SOAP
import Support
import Testing
import WSSecurity
import XML

struct ProfileTests {
    private func findings(_ text: String) throws -> [String] {
        BasicSecurityProfile(judging: try Envelope(reading: XMLDocument(parsing: Array(text.utf8)))).findings.map(\.rule)
    }

    @Test(arguments: SigningStyle.Token.allCases) func `what we sign keeps the profile, but for what a style is told to break`(
        _ token: SigningStyle.Token
    ) async throws {
        let envelope = OutgoingEnvelope(
            version: .v12, addressing: OutgoingEnvelope.requestAddressing(to: "https://a.test", action: "u:a", messageID: "u:1"),
            content: SignedEnvelopes.content, form: .canonical)
        let style = SigningStyle(token: token, parts: Set(SigningStyle.Part.allCases))
        let text = String(decoding: try await TestIdentity.rsa.sign(envelope, style: style, created: TestIdentity.now).bytes, as: UTF8.self)
        #expect(try findings(text) == (token == .keyIdentifier ? ["R5206"] : []))
        let early = SigningStyle(order: [.signature, .token, .timestamp], fractionDigits: 9)
        let other = String(
            decoding: try await TestIdentity.rsa.sign(envelope, style: early, created: TestIdentity.now).bytes, as: UTF8.self)
        #expect(try findings(other) == ["R3220", "R3229", "R5205"])
    }

    @Test func `each rule is found where it is broken`() async throws {
        let text = try await SignedEnvelopes.make()
        for (from, to, rule) in [
            ("Z</wsu:Created>", "+09:00</wsu:Created>", "R3217"), ("<wsu:Created>", "<wsu:Created ValueType=\"x\">", "R3225"),
            ("</wsu:Timestamp>", "<wsu:Other/></wsu:Timestamp>", "R3222"),
            ("</wsu:Timestamp>", "<wsu:Created>x</wsu:Created></wsu:Timestamp>", "R3203"),
            ("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>", "R5402"),
            ("</ds:Signature>", "<ds:Object/></ds:Signature>", "R3102"),
        ] {
            #expect(try findings(text.changing(from, to: to)).contains(rule), "\(rule)")
        }
        #expect(try findings(text) == [])
    }

    /// A stranger's header of thousands of tokens costs no more than that of a few.
    @Test func `a flood is looked at only in part`() async throws {
        let text = try await SignedEnvelopes.make()
        let tokens = String(repeating: "<wsse:BinarySecurityToken/>", count: 20_000)
        #expect(try findings(text.changing("<wsu:Timestamp ", to: tokens + "<wsu:Timestamp ")).count <= 48)
    }
}
