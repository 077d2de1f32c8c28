import Testing
import XML

struct XMLScanTests {
    @Test(arguments: [
        ("<!DOCTYPE a><a/>", XMLError.documentTypeDeclaration),
        ("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", .documentTypeDeclaration),
        ("<a><?php echo ?></a>", .processingInstruction(offset: 3)),
        ("<?xml-stylesheet href='x'?><a/>", .processingInstruction(offset: 0)),
        ("", .empty),
    ])
    func `what no message needs is refused`(_ text: String, _ error: XMLError) {
        #expect(throws: error) { try XMLDocument(parsing: Array(text.utf8)) }
    }

    @Test(arguments: ["<a>", "<a></b>", "a", "<a/><b/>", "<a b='1' b='2'/>", "<a:b/>", "<a>&nbsp;</a>", "{}", "<a>\u{1}</a>", "<!-- -->"])
    func `what is not well-formed is refused with its place`(_ text: String) throws {
        let error = try #require(throws: XMLError.self) { try XMLDocument(parsing: Array(text.utf8)) }
        guard case .notWellFormed = error else { return #expect(error == .empty) }
    }

    @Test func `markup inside comments, CDATA and attributes does not count`() throws {
        let document = try XMLDocument(parsing: Array("<a b='<!DOCTYPE>'/>".replacing("<!", with: "&lt;!").utf8))
        #expect(document.root.attribute(XMLName("", "b")) == "<!DOCTYPE>")
        let quiet = try XMLDocument(parsing: Array("<a><!-- <!DOCTYPE x> <?p?> --><![CDATA[<!DOCTYPE x><?p?>]]></a>".utf8))
        #expect(quiet.root.text == "<!DOCTYPE x><?p?>")
    }

    @Test func `floods are refused before they are parsed`() {
        let attributes = "<a " + (0..<200_000).map { "a\($0)='1' " }.joined() + "/>"
        #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(attributes.utf8)) }
        let namespaces = "<a " + (0..<40).map { "xmlns:n\($0)='u:\($0)' " }.joined() + "/>"
        #expect(throws: XMLError.tooManyNamespaceDeclarations(count: 33, limit: 32, offset: 0)) {
            try XMLDocument(parsing: Array(namespaces.utf8))
        }
        for depth in [65, 300, 100_000] {
            let deep = String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
            #expect(throws: XMLError.tooDeep(limit: 64)) { try XMLDocument(parsing: Array(deep.utf8)) }
        }
        let wide = "<a>" + String(repeating: "<b/>", count: 200_000) + "</a>"
        #expect(throws: XMLError.tooManyElements(limit: 200_000)) { try XMLDocument(parsing: Array(wide.utf8)) }
        #expect(throws: XMLError.tooLarge(bytes: 4_194_305, limit: 4_194_304)) {
            try XMLDocument(parsing: Array(repeating: 0x20, count: 4_194_305))
        }
    }

    /// libxml2's dictionary stops growing: a hundred thousand names in a megabyte took a quarter of a second, four times as many sixteen
    /// times as long.
    @Test func `more names than its dictionary is made for are refused before they are parsed`() throws {
        func refused(_ content: (Int) -> String, _ count: Int) -> Bool {
            do {
                _ = try XMLDocument(parsing: Array("<x>\((0..<count).map(content).joined())</x>".utf8))
                return false
            } catch {
                if case .tooManyNames = error { return true }
                return false
            }
        }
        let kinds: [(Int) -> String] = [
            { "<a\($0)/>" }, { "<a b\($0)=''/>" }, { "<a b\($0) = ''/>" }, { "<a b\($0)=''c='1'/>" }, { "<a xmlns='u:\($0)'/>" },
            { "<a xmlns = 'u:\($0)'/>" }, { "<a xmlns:n\($0)='u:n'/>" },
            { number in "<a>" + String(repeating: " ", count: 16) + (0..<12).map { number >> $0 & 1 == 1 ? "\n" : " " }.joined() + "</a>" },
        ]
        for (index, kind) in kinds.enumerated() {
            #expect(refused(kind, 3000), "kind \(index)")
            #expect(!refused(kind, 200), "kind \(index)")
        }
        #expect(!refused({ _ in "<a b='1' c=\"2\" xmlns:n='u:n'>text</a>" }, 3000))
        #expect(!refused({ "<a b='\($0)'>\($0) &amp; text \($0)</a>" }, 3000))
    }

    @Test func `a namespace is not written out again and again without end`() throws {
        let uri = "urn:" + String(repeating: "x", count: 490)
        let document = try XMLDocument(parsing: Array("<x xmlns:n='\(uri)'>\(String(repeating: "<n:a/>", count: 20_000))</x>".utf8))
        guard let first = document.root.children.first(where: { _ in true }) else { return }
        #expect(try first.canonicalized().count > 490)
        #expect(throws: XMLError.self) { try document.root.canonicalized() }
        #expect(throws: XMLError.namespaceTooLong(limit: 512, offset: 9)) {
            try XMLDocument(parsing: Array("<x xmlns='\(uri)\(uri)'/>".utf8))
        }
    }

    /// libxml2 would guess these encodings by itself, behind the back of the scan.
    @Test func `bytes that only libxml2 would take for XML are refused`() {
        let ebcdic: [UInt8] = [0x4C, 0x6F, 0xA7, 0x94, 0x93, 0x40, 0x4C, 0x81, 0x61, 0x6E]
        let ucs4 = "<a/>".utf8.flatMap { [UInt8]([0, 0, 0, $0]) }
        let utf16 = "<a/>".utf16.flatMap { [UInt8]([UInt8($0 & 0xFF), UInt8($0 >> 8)]) }
        let declaration = Array("<?xml version=\"1.0\"?>".utf8)
        let disguised: [[UInt8]] = [
            ebcdic, ucs4, declaration + ebcdic, declaration + utf16, [0xEF, 0xBB, 0xBF, 0xFF, 0xFE] + utf16,
            declaration + [0xFF, 0xFE] + utf16,
        ]
        for bytes in disguised {
            #expect(throws: XMLError.self) { try XMLDocument(parsing: bytes) }
        }
    }

    /// After its first error libxml2 would go on parsing what the scan took for an attribute's value.
    @Test func `an error before a flood ends the parsing`() {
        let flood = "<r><b '><c " + (0..<200_000).map { "a\($0)=\"\" " }.joined() + "/></r>"
        #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(flood.utf8), limits: XMLLimits(startTag: 4_000_000)) }
    }

    @Test func `namespaces in scope and long start tags are limited`() {
        let nested = (0..<10).map { level in "<a " + (0..<10).map { "xmlns:n\(level)x\($0)='u:\($0)' " }.joined() + ">" }.joined()
        #expect(throws: XMLError.tooManyNamespacesInScope(limit: 96, offset: 1566)) {
            try XMLDocument(parsing: Array((nested + String(repeating: "</a>", count: 10)).utf8))
        }
        let long = "<a Id='a" + String(repeating: "\u{301}\u{323}", count: 10_000) + "'/>"
        #expect(throws: XMLError.startTagTooLong(limit: 16_384, offset: 0)) { try XMLDocument(parsing: Array(long.utf8)) }
    }

    @Test(arguments: [
        "<?xml junk?><a/>", "<?xml version='1.0' encoding=\"UTF-8'?><a/>", "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
    ])
    func `an XML declaration must be one`(_ text: String) {
        #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(text.utf8)) }
    }

    @Test func `UTF-16 and byte order marks are read`() throws {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>한 é 😀</a>"
        for bigEndian in [true, false] {
            let bytes = ([0xFEFF] + Array(text.utf16)).flatMap { unit in
                let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
                return bigEndian ? [high, low] : [low, high]
            }
            #expect(try XMLDocument(parsing: bytes).root.text == "한 é 😀")
            // XML 1.0, section 4.3.3; other readers cannot read it.
            #expect(throws: XMLError.malformedEncoding("UTF-16 without a byte order mark")) {
                try XMLDocument(parsing: Array(bytes.dropFirst(2)))
            }
        }
        #expect(try XMLDocument(parsing: [0xEF, 0xBB, 0xBF] + Array("<a>é</a>".utf8)).root.text == "é")
    }

    @Test func `an encoding that the bytes are not in is refused`() {
        #expect(throws: XMLError.unsupportedEncoding("ISO-8859-1")) {
            try XMLDocument(parsing: Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>".utf8))
        }
        #expect(throws: XMLError.unsupportedEncoding("UTF-16")) {
            try XMLDocument(parsing: Array("<?xml version='1.0' encoding='UTF-16'?><a/>".utf8))
        }
        #expect(throws: XMLError.self) { try XMLDocument(parsing: Array("<a>".utf8) + [0xC3, 0x28] + Array("</a>".utf8)) }
        #expect(throws: XMLError.self) { try XMLDocument(parsing: [0xFE, 0xFF, 0x00, 0x3C, 0xD8, 0x00]) }
        #expect(throws: XMLError.self) { try XMLDocument(parsing: Array("<?xml version='1.1'?><a/>".utf8)) }
    }
}

struct ZeroByteTests {
    /// libxml2 could take a zero byte for the end, and what follows would be kept without being read.
    @Test(arguments: [3, 5, 8, 12]) func `a zero byte is refused wherever it stands`(_ place: Int) {
        var bytes = Array("<a>\nb</a><!--x-->".utf8)
        bytes.insert(0, at: place)
        let (line, column) = place > 3 ? (2, place - 3) : (1, place + 1)
        let refusal = XMLError.notWellFormed(line: line, column: column, reason: "a zero byte, which no XML document has")
        #expect(throws: refusal) { _ = try XMLDocument(parsing: bytes) }
        #expect(throws: XMLError.self) { _ = try XMLDocument(parsing: Array("<a/>".utf8) + [0] + Array("<b \"".utf8)) }
    }
}
