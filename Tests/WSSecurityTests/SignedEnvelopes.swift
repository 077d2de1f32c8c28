import Foundation
import SOAP
import Support
import Testing
import Trust
import WSSecurity
import XML

/// The message that every attack starts from: one that verifies.
enum SignedEnvelopes {
    static let content = Array("<m:Message xmlns:m=\"u:m\"><m:Amount>812.500</m:Amount><m:Note>한빛 &amp; Söhne</m:Note></m:Message>".utf8)

    static func make(
        _ identity: SigningIdentity = TestIdentity.rsa, version: SOAPVersion = .v12, created: XMLDateTime = TestIdentity.now,
        lifetime: Int = 300, addressing: [OutgoingEnvelope.AddressingHeader] = []
    ) async throws -> String {
        let envelope = OutgoingEnvelope(version: version, addressing: addressing, content: content, form: .canonical)
        return String(
            decoding: try await identity.sign(envelope, style: SigningStyle(lifetime: lifetime), created: created).bytes, as: UTF8.self)
    }

    static let trust = TrustStore([
        TestIdentity.rsa.pin("rsa"), TestIdentity.p256.pin("p256"), TestIdentity.expired.pin("expired"),
        TestIdentity.authority.pin("authority"), TestIdentity.keyEncipherment.pin("encipherment"),
    ])

    /// Verifies as the road does, libxmlsec1 asked too; what the gateway would then read.
    static func verify(
        _ text: String, at now: XMLDateTime = TestIdentity.now, clock: SecurityPolicy.Clock = .checked
    ) throws(SecurityRefusal) -> (content: String, report: VerificationReport) {
        var report = VerificationReport(judgedAt: now)
        let envelope: Envelope
        do { envelope = try Envelope(reading: XMLDocument(parsing: Array(text.utf8))) } catch {
            throw .headerContent("not even read: \(error)")
        }
        let verifier = EnvelopeVerifier(trust: trust, policy: SecurityPolicy(secondEngine: .asked, clock: clock))
        let verified = try verifier.verify(envelope, at: now, report: &report)
        return (verified.content?.child(XMLName("u:m", "Amount"))?.text ?? "", report)
    }

    /// The rule that refuses, `nil` where the message is accepted.
    static func refusal(_ text: String, at now: XMLDateTime = TestIdentity.now) -> String? {
        do {
            _ = try verify(text, at: now)
            return nil
        } catch {
            return error.code
        }
    }
}

extension String {
    /// The text of the one element that starts with `open`, to its end tag.
    func element(_ tag: String) throws -> String {
        let start = try #require(range(of: "<\(tag)"))
        let end = try #require(range(of: "</\(tag)>", range: start.lowerBound..<endIndex))
        return String(self[start.lowerBound..<end.upperBound])
    }

    /// Replaces text that must be there, so that a test cannot pass by changing nothing.
    func changing(_ text: String, to other: String) throws -> String {
        try #require(contains(text), "'\(text)' is not in the message")
        return replacingOccurrences(of: text, with: other)
    }
}
