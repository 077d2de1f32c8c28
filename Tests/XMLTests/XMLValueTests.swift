import Foundation
import Testing
import XML

struct XMLValueTests {
    @Test(arguments: [
        "2026-11-22T10:05:00Z", "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "1999-12-31T00:00:00Z", "2100-03-01T12:00:00Z",
    ])
    func `a time is the moment that Foundation reads`(_ text: String) throws {
        let moment = try #require(XMLDateTime(text))
        #expect(Double(moment.seconds) == (try Date(text, strategy: .iso8601)).timeIntervalSince1970)
        #expect(moment.text == text.replacing("Z", with: ".000Z"))
    }

    @Test func `offsets and fractions are read`() {
        #expect(XMLDateTime("2026-11-22T10:05:00.5+09:00") == XMLDateTime("2026-11-22T01:05:00.500Z"))
        #expect(XMLDateTime("2026-11-22T00:30:00-03:30") == XMLDateTime("2026-11-22T04:00:00Z"))
        #expect(XMLDateTime("2026-11-22T10:05:00.123456789Z")?.nanoseconds == 123_456_789)
        #expect(XMLDateTime("2026-11-22T10:05:00") == XMLDateTime("2026-11-22T10:05:00Z"))
    }

    @Test(arguments: [
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22 10:05:00Z",
        "2026-11-22T10:05:00+15:00", "2026-11-22T10:05:00.Z", "0000-01-01T00:00:00Z", "2026-11-22t10:05:00z", "2026-11-22", "",
        "2026-11-22T10:05:00Z ", "2026-11-22T10:05:00.1234567890Z", "+026-11-22T10:05:00Z",
    ])
    func `what is no time is refused`(_ text: String) { #expect(XMLDateTime(text) == nil) }

    @Test func `base64 is what Foundation makes of it`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(($0 * 37 + count) & 0xFF) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
        }
        #expect(Base64.decode(" QU\r\nJD \t") == Array("ABC".utf8))
    }

    @Test func `base64 without white space is what decodes and encodes to itself`() {
        var generator = SystemRandomNumberGenerator()
        let characters = Array("AQgw+/09z==. ".utf8)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...9, using: &generator)).map { _ in characters.randomElement(using: &generator)! }
            let string = String(decoding: text, as: UTF8.self)
            #expect(text.withUnsafeBufferPointer { Base64.isStrict($0) } == (Base64.decode(string).map(Base64.encode) == string))
        }
    }

    @Test(arguments: ["Q", "QU", "QUI", "QUJ", "QUJ=D", "QR==", "QUJDR===", "=", "QU!D", "QUJD=", "ＱＵＪＤ", "Q===", "QUJ-"])
    func `what is not base64 is refused`(_ text: String) { #expect(Base64.decode(text) == nil) }

    @Test func `a comment does not change the value read`() throws {
        let document = try XMLDocument(parsing: Array("<a>12<!-- x -->34<![CDATA[5]]></a>".utf8))
        #expect(document.root.text == "12345")
        #expect(!document.root.isPlainText)
    }

    @Test func `an id that stands twice is refused`() throws {
        let names = [XMLName("", "Id"), XMLName("u:wsu", "Id"), XMLName(XMLNamespace.xml, "id")]
        for text in ["<a Id='x'><b Id='x'/></a>", "<a xmlns:w='u:wsu' w:Id='x'><b Id='x'/></a>", "<a xml:id='x'><b Id='x'/></a>"] {
            let document = try XMLDocument(parsing: Array(text.utf8))
            #expect(throws: XMLError.duplicateID("x")) { try IDTable(document, names: names) }
        }
        let document = try XMLDocument(parsing: Array("<a Id='x'><b/><c Id='y'><d xml:id='z'/></c></a>".utf8))
        let ids = try IDTable(document, names: names)
        #expect(ids["z"]?.path == "/a/c/d")
        #expect(ids["w"] == nil)
        let relative = try XMLDocument(parsing: Array("<a Id='x'><b xmlns='relative'/></a>".utf8))
        #expect(throws: XMLError.relativeNamespace("relative")) { try IDTable(relative, names: names) }
    }
}
