import SOAP
import Support
import Testing
import Trust
import WSSecurity
import XML

/// Why a signature does not hold; Tests/Interop/messages/test_explain.py has the damage that real programs do.
struct DiagnosisTests {
    private func diagnosis(_ bytes: [UInt8], effort: Diagnosis.Effort = .thorough) throws -> Diagnosis? {
        Diagnosis.of(
            try Envelope(reading: XMLDocument(parsing: bytes)), trust: SignedEnvelopes.trust, at: TestIdentity.now, effort: effort)
    }

    @Test(arguments: [
        ([("><", ">\n  <")], Damage.reindented), ([("soap:", "SOAP-ENV:"), ("xmlns:soap=", "xmlns:SOAP-ENV=")], .prefixRenamed),
        ([("&amp;", "&amp;amp;")], .escapedTwice),
    ]) func `what was done to it is named`(_ changes: [(String, String)], _ cause: Damage) async throws {
        let signed = try await SignedEnvelopes.make(TestIdentity.rsa)
        #expect(try diagnosis(Array(signed.utf8)) == nil)
        let changed = changes.reduce(signed) { $0.replacing($1.0, with: $1.1) }
        let found = try #require(try diagnosis(Array(changed.utf8)))
        #expect(found.cause == cause && found.received != found.signed)
    }

    @Test func `a changed value has no cause that is known`() async throws {
        let signed = try await SignedEnvelopes.make(TestIdentity.rsa)
        let found = try #require(try diagnosis(Array(signed.replacing("812.500", with: "812.501").utf8)))
        #expect(found.cause == nil && found.received == nil)
    }

    @Test func `beside the work of a gateway the usual is found too`() async throws {
        let signed = try await SignedEnvelopes.make(TestIdentity.rsa)
        #expect(try diagnosis(Array(signed.replacing("><", with: ">\n<").utf8), effort: .quick)?.cause == .reindented)
    }
}
