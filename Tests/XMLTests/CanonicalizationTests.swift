import Support
import Testing
import XML

struct CanonicalizationTests {
    static let documents = [
        "<a xmlns='u:1' xmlns:p='u:2' z='1' p:b='2' a='3'><p:c/><d xmlns=''>t</d></a>",
        "<a xmlns:unused='u:9'><b xmlns:p='u:2'><p:c xmlns:p='u:3'/><p:d/></b></a>",
        "<a b='&lt;&amp;&quot;&#x9;&#xA;&#xD;'>&lt;&gt;&amp;&#xD;\r\n<![CDATA[<x>&]]>&#x41;</a>",
        "<a><!-- gone --><b/><!-- gone --></a>",
        "<s:E xmlns:s='u:s' xmlns:x='u:x'><s:H xml:lang='en'><x:k/></s:H><s:B xml:space='preserve'> <x:k x:y='1'/> </s:B></s:E>",
        "<a>한字😀\u{85}\u{2028}</a>",
    ]

    @Test(arguments: documents) func `xmllint canonicalizes alike`(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Array(text.utf8), to: "document.xml")
        let (status, expected) = try judge("xmllint", ["--exc-c14n", file])
        #expect(status == 0)
        let withComments = try XMLDocument(parsing: Array(text.utf8)).root.canonicalized(Canonicalization(comments: .kept))
        #expect(String(decoding: withComments, as: UTF8.self) == expected.trimmingSuffix("\n"))
    }

    @Test func `a part is canonicalized with the namespaces of its parents`() throws {
        let text = "<s:E xmlns:s='u:s' xmlns:p='u:p' xmlns='u:d'><s:H/><s:B><p:c><d/></p:c></s:B> tail</s:E>"
        let body = try #require(XMLDocument(parsing: Array(text.utf8)).root.child(XMLName("u:s", "B")))
        #expect(
            try String(decoding: body.canonicalized(), as: UTF8.self)
                == "<s:B xmlns:s=\"u:s\"><p:c xmlns:p=\"u:p\"><d xmlns=\"u:d\"></d></p:c></s:B>")
        #expect(
            try String(decoding: body.canonicalized(Canonicalization(inclusivePrefixes: ["p", "#default"])), as: UTF8.self)
                == "<s:B xmlns=\"u:d\" xmlns:p=\"u:p\" xmlns:s=\"u:s\"><p:c><d></d></p:c></s:B>")
    }

    @Test func `the tree is whole again afterwards`() throws {
        let document = try XMLDocument(parsing: Array("<a><b/><c/></a>".utf8))
        let b = try #require(document.root.child(XMLName("", "b")))
        _ = try b.canonicalized()
        #expect(document.root.local == "a")
        #expect(document.root.children.map(\.local) == ["b", "c"])
        #expect(b.path == "/a/b")
    }

    @Test func `an excluded element leaves nothing behind`() throws {
        let document = try XMLDocument(parsing: Array("<a><b x='1'><c>in</c></b><d>kept</d></a>".utf8))
        let excluded = try #require(document.root.child(XMLName("", "b")))
        #expect(try String(decoding: document.root.canonicalized(excluding: excluded), as: UTF8.self) == "<a><d>kept</d></a>")
        #expect(try String(decoding: document.root.canonicalized(), as: UTF8.self) == "<a><b x=\"1\"><c>in</c></b><d>kept</d></a>")
    }

    @Test func `a relative namespace is a failure, never a digest`() throws {
        let document = try XMLDocument(parsing: Array("<a xmlns='relative'/>".utf8))
        #expect(throws: XMLError.self) { try document.root.canonicalized() }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }

    /// Canonical XML 1.0, section 2.4: a part takes the namespaces in scope and the `xml:` attributes of what stands above it.
    @Test func `the inclusive form of a part has what stands above`() throws {
        let text = #"<a xmlns="urn:a" xmlns:p="urn:p" xml:lang="es" q="1"><b xml:space="preserve"><c p:x="2" xmlns=""/></b></a>"#
        let root = try XMLDocument(parsing: Array(text.utf8)).root
        let part = try #require(root.children.first { $0.local == "b" })
        #expect(
            try String(decoding: part.canonicalized(Canonicalization(form: .inclusive)), as: UTF8.self)
                == #"<b xmlns="urn:a" xmlns:p="urn:p" xml:lang="es" xml:space="preserve"><c xmlns="" p:x="2"></c></b>"#)
        #expect(
            try String(decoding: part.canonicalized(), as: UTF8.self)
                == #"<b xmlns="urn:a" xml:space="preserve"><c xmlns="" xmlns:p="urn:p" p:x="2"></c></b>"#)
        // The tree is as it was.
        #expect(try String(decoding: root.canonicalized(Canonicalization(form: .inclusive)), as: UTF8.self).hasPrefix("<a xmlns=\"urn:a\""))
    }
}
