import Testing
import XML

@testable import Documents

/// What is judged as a document at all; the signatures are judged by programs of others in Tests/Interop.
struct DocumentVerifierTests {
    private func kind(_ text: String) -> String { kind(Array(text.utf8)) }

    private func kind(_ bytes: [UInt8]) -> String {
        switch DocumentVerifier(anchors: nil, now: XMLDateTime(seconds: 1_800_000_000)).verify(bytes) {
        case .cod(let verdict): "cod \(verdict.verdict.rawValue)"
        case .signedXML(let verdict): "signed-xml \(verdict.verdict.rawValue)"
        case .notJudged: "not judged"
        case .refused: "refused"
        }
    }

    private static let envelope = #"<e:Envelope xmlns:e="http://www.w3.org/2001/12/soap-envelope">"#

    @Test(arguments: [
        ("%PDF-1.7", "not judged"), ("<a/>", "not judged"), ("<a>", "refused"), ("<!DOCTYPE a><a/>", "refused"),
        ("<a><CODEH/></a>", "refused"), (envelope + "<e:CertOrigin/></e:Envelope>", "refused"),
        (
            envelope
                + #"<e:CertOrigin><CODEH id="CODEH"><CODExporter><COD id="COD"><FormA18/></COD></CODExporter></CODEH></e:CertOrigin></e:Envelope>"#,
            "cod bad"
        ),
        (#"<a><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></a>"#, "signed-xml bad"),
    ]) func `a document is recognised by what stands in it`(_ text: String, _ kind: String) { #expect(self.kind(text) == kind) }

    @Test func `it is recognised in each encoding that is read`() {
        #expect(kind([0xEF, 0xBB, 0xBF] + Array("<a>".utf8)) == "refused")
        #expect(kind([0xFF, 0xFE] + "<a>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == "refused")
    }
}
