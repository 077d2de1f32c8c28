import SOAP
import Testing
import XML

/// MTOM's package: what is read is the one document that was signed, or nothing.
struct XOPTests {
    private static let media = MediaType(
        #"Multipart/Related; boundary="b;1"; type="application/xop+xml"; start="<root@x>"; start-info="text/xml""#)

    private static let root = part(
        "Content-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\nContent-ID: <root@x>", envelope())

    private static func envelope(_ content: String = include("cid:a%40x")) -> String {
        "<e:Envelope xmlns:e=\"u:e\"><!-- <Include/> --><e:Body a='>' b=\"/>\"><![CDATA[<Include/>]]><f>1</f><c>\(content)</c><d/></e:Body></e:Envelope>"
    }

    private static func include(_ href: String) -> String {
        "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"\(href)\"/>"
    }

    private static func part(_ head: String, _ body: String) -> String { "--b;1\r\n\(head)\r\n\r\n\(body)\r\n" }

    private static let attachment = part("Content-ID: <a@x>\r\nContent-Transfer-Encoding: binary", "Hi\r\n--b;12\r\n")

    private func read(_ parts: [String], _ media: MediaType = media, limits: XMLLimits = .standard) throws(XOPError) -> String {
        let bytes = Array((parts.joined() + "--b;1--\r\n").utf8)
        return String(decoding: try XOPReader.message(bytes, media, limits: limits), as: UTF8.self)
    }

    private func refusal(_ parts: [String], _ media: MediaType = media, limits: XMLLimits = .standard) -> String {
        do { return "read: " + (try read(parts, media, limits: limits)) } catch { return "\(error)" }
    }

    @Test func `content stands again where its Include stood, and nothing else changes`() throws {
        let base64 = Base64.encode(Array("Hi\r\n--b;12\r\n".utf8))
        #expect(try read([Self.root, Self.attachment]) == Self.envelope(base64))
        #expect(try read([Self.attachment, Self.root]) == Self.envelope(base64))
        #expect(try read(["preamble\r\n", Self.root, Self.attachment]) == Self.envelope(base64))
        let long = Self.envelope("<x:Include xmlns:x='http://www.w3.org/2004/08/xop/include' href='cid:a@x'></x:Include >")
        let root = Self.root.replacing(Self.envelope(), with: long)
        #expect(try read([root, Self.attachment]) == Self.envelope(base64))
        let encoded = Self.part("content-id: <a@x>\r\nContent-Transfer-Encoding:\r\n base64", base64)
        #expect(try read([Self.root, encoded]) == Self.envelope(base64))
    }

    @Test func `a package of the root alone is the root`() throws {
        let root = Self.root.replacing(Self.envelope(), with: Self.envelope("QQ=="))
        #expect(try read([root]) == Self.envelope("QQ=="))
    }

    @Test(arguments: [
        ("cid:b@x", "names no part"), ("http://evil.example/a", "only a part of the same message"), ("file:///etc/passwd", "only a part"),
        ("cid:", "only a part"), ("cid:a%4", "only a part"), ("#a", "only a part"),
    ])
    func `an Include names a part of the same message`(_ href: String, _ reason: String) {
        let root = Self.root.replacing("cid:a%40x", with: href)
        #expect(refusal([root, Self.attachment]).contains(reason))
    }

    @Test func `each part is included once, alone, and by nothing but its id`() {
        func root(_ content: String) -> String { Self.root.replacing(Self.envelope(), with: Self.envelope(content)) }
        let include = Self.include("cid:a@x")
        #expect(refusal([root(include + include), Self.attachment]).contains("does not stand alone"))
        #expect(refusal([root("x" + include), Self.attachment]).contains("does not stand alone"))
        #expect(refusal([root("\(include)</c><c>\(include)"), Self.attachment]).contains("included twice"))
        #expect(refusal([root(include.replacing("/>", with: "><a/></x:Include>")), Self.attachment]).contains("is not empty"))
        #expect(refusal([root(include.replacing("/>", with: " id=\"a\"/>")), Self.attachment]).contains("something beside it"))
        #expect(refusal([root("QQ=="), Self.attachment]).contains("nothing signs it"))
        #expect(refusal([Self.root, Self.attachment, Self.attachment]).contains("that another has too"))
        #expect(refusal([Self.root, Self.attachment.replacing("Content-ID: <a@x>", with: "X: y")]).contains("no Content-ID"))
    }

    @Test func `what is no package of MTOM is told apart`() {
        #expect(refusal([Self.root.replacing("application/xop+xml", with: "text/xml"), Self.attachment]).contains("SOAP with Attachments"))
        #expect(refusal([Self.attachment]).contains("root that 'start' names"))
        #expect(refusal([]).contains("root that 'start' names"))
        #expect(refusal([Self.root], MediaType("multipart/related; boundary=c")).contains("does not stand in it"))
        #expect(refusal([Self.root], MediaType("multipart/related")).contains("boundary has 0 characters"))
        #expect(refusal([Self.root.replacing("charset=UTF-8", with: "charset=utf-16"), Self.attachment]).contains("send UTF-8"))
        #expect(refusal([Self.root.replacing("<d/>", with: "<d>"), Self.attachment]).contains("not well-formed"))
        let quoted = Self.attachment.replacing("binary", with: "quoted-printable")
        #expect(refusal([Self.root, quoted]).contains("is not read; send binary"))
        let open = Array((Self.root + Self.attachment).utf8)
        #expect(throws: XOPError.package("its last boundary is missing")) { _ = try XOPReader.message(open, Self.media, limits: .standard) }
    }

    /// In UTF-16 some letters have the bytes of quotation marks: places in such bytes are not what a scan of UTF-8 finds.
    @Test(arguments: ["∀", "≧", "a"], [true, false]) func `a root in UTF-16 is refused, not read at other places`(
        _ letter: String, _ isLittle: Bool
    ) throws {
        let text = "<a b=\"\(letter)\"><c>\(Self.include("cid:a@x"))</c></a>"
        let units = Array(text.utf16)
        let mark: [UInt8] = isLittle ? [0xFF, 0xFE] : [0xFE, 0xFF]
        let root = mark + units.flatMap { isLittle ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let head = "--b;1\r\nContent-Type: application/xop+xml\r\nContent-ID: <root@x>\r\n\r\n"
        let package = Array(head.utf8) + root + Array("\r\n\(Self.attachment)--b;1--\r\n".utf8)
        #expect(throws: XOPError.package("its root is in UTF-16; send UTF-8")) {
            _ = try XOPReader.message(package, Self.media, limits: .standard)
        }
    }

    @Test func `an id may be escaped in the reference, or in both places as CXF has it`() throws {
        let base64 = Base64.encode(Array("Hi\r\n--b;12\r\n".utf8))
        let root = Self.root.replacing("cid:a%40x", with: "cid:a%3A1@x")
        for id in ["a:1@x", "a%3A1@x"] {
            #expect(try read([root, Self.attachment.replacing("<a@x>", with: "<\(id)>")]) == Self.envelope(base64))
        }
        #expect(refusal([Self.root.replacing("%40", with: "%+1"), Self.attachment]).contains("only a part"))
    }

    @Test func `parts, their headers and what comes out are limited`() {
        #expect(refusal([Self.root] + Array(repeating: Self.attachment, count: 10_000)).contains("more than 64 parts"))
        let head = "Content-ID: <a@x>\r\nX: " + String(repeating: "y", count: 1_000_000)
        #expect(refusal([Self.root, Self.part(head, "z")]).contains("more than 8192 bytes"))
        let folded = "Content-ID: <a@x>\r\nX: y" + String(repeating: "\r\n z", count: 100)
        #expect(refusal([Self.root, Self.part(folded, "z")]).contains("continued lines"))
        let large = Self.attachment.replacing("Hi", with: String(repeating: "y", count: 3000))
        #expect(refusal([Self.root, large], limits: XMLLimits(bytes: 4000)).contains("the limit is 4000"))
    }

    @Test(arguments: SOAPVersion.allCases)
    func `what is written is read as it was`(_ version: SOAPVersion) throws {
        let content = Array((0...255).map { UInt8($0) })
        let encoded = Base64.encode(content)
        let message = Array("<a><b>\(encoded)</b><c>\(Base64.encode([1]))</c></a>".utf8)
        let start = "<a><b>".utf8.count
        let package = XOPPackage(
            message, attachments: [(range: start..<start + encoded.utf8.count, content: content)], version: version, action: "\"u:x\"")
        let media = MediaType(package.contentType)
        #expect(media.isPackage && media.soapVersion == version && media.action == (version == .v12 ? "u:x" : nil))
        #expect(package.bytes.count < message.count + 900 && !package.bytes.contains(encoded.utf8))
        #expect(try XOPReader.message(package.bytes, media, limits: .standard) == message)
    }
}
