internal import Foundation
internal import SOAP
internal import XML

extension AttackList {
    /// What stands around the signed parts and is not signed.
    mutating func addEnvelopes() throws {
        let text = sample.text
        let addressing = Addressing.namespace
        func header(_ content: String) throws -> String { try text.changingFirst("<soap:Header>", to: "<soap:Header>" + content) }
        if sample.shape.addressing == .without {
            refuse(
                "W11", "an unsigned ReplyTo to another address", "addressing",
                text: try header("<a:ReplyTo xmlns:a=\"\(addressing)\"><a:Address>http://127.0.0.1:9/</a:Address></a:ReplyTo>"))
            refuse(
                "W11", "an unsigned FaultTo to another address", "addressing",
                text: try header("<a:FaultTo xmlns:a=\"\(addressing)\"><a:Address>http://127.0.0.1:9/</a:Address></a:FaultTo>"))
            refuse(
                "W11", "an unsigned Action of another operation", "operation-mismatch",
                text: try header("<a:Action xmlns:a=\"\(addressing)\">urn:other</a:Action>"))
            add("W11", "an unsigned MessageID", .accepted, try header("<a:MessageID xmlns:a=\"\(addressing)\">urn:uuid:1</a:MessageID>"))
        } else {
            refuse("W11", "a signed To changed", "digest-wrong", text: try text.changing("</wsa:To>", to: "x</wsa:To>"))
            refuse(
                "W11", "a second, unsigned Action", "addressing", "soap-structure", "operation-mismatch",
                text: try header("<a:Action xmlns:a=\"\(addressing)\">urn:other</a:Action>"))
        }
        refuse(
            "header", "an unknown header that must be understood", "header-not-understood",
            text: try header("<x:H xmlns:x=\"urn:x\" soap:mustUnderstand=\"1\"/>"))
        add("header", "an unknown header", .accepted, try header("<x:H xmlns:x=\"urn:x\">text</x:H>"))
        add(
            "header", "a comment in signed content changes nothing", .accepted,
            try text.changingFirst("</FunctionalReferenceID>", to: "<!-- x --></FunctionalReferenceID>"))
        refuse(
            "integrity", "white space added to signed content", "digest-wrong", text: try text.changing("</soap:Body>", to: " </soap:Body>")
        )
    }

    /// The limits of time, on both sides of each.
    mutating func addClocks(at now: XMLDateTime, _ make: (XMLDateTime, Int) async throws -> SignedSample) async throws {
        for (title, offset, lifetime, expectation) in [
            ("half a minute in the future", 30, 300, Attack.Expectation.accepted),
            ("two minutes in the future", 120, 300, .refused(["timestamp-in-future"])),
            ("270 s old", -270, 300, .accepted), ("330 s old", -330, 300, .refused(["timestamp-expired"])),
            ("330 s old with a long life", -330, 6000, .refused(["timestamp-expired"])),
            ("expired", -60, 30, .refused(["timestamp-expired"])),
        ] {
            add("clock", title, expectation, try await make(now.adding(seconds: Int64(offset)), lifetime).text)
        }
    }

    /// MTOM's packages, each of which would be a way around the signature or into the gateway.
    private mutating func addPackages() throws {
        let (text, version) = (sample.text, sample.shape.version)
        let type =
            "multipart/related; type=\"application/xop+xml\"; start=\"<root@a>\"; start-info=\"\(version.mediaType)\"; boundary=b"
        func package(_ root: [UInt8], _ parts: [(id: String, content: String)]) -> [UInt8] {
            var bytes = Array(
                "--b\r\nContent-Type: application/xop+xml; type=\"\(version.mediaType)\"\r\nContent-ID: <root@a>\r\n\r\n".utf8)
            bytes += root
            for part in parts { bytes += Array("\r\n--b\r\nContent-ID: <\(part.id)>\r\n\r\n\(part.content)".utf8) }
            return bytes + Array("\r\n--b--\r\n".utf8)
        }
        func include(_ href: String) -> String {
            "<xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"\(href)\"/>"
        }
        let name = "FunctionalReferenceID"
        let swapped = try text.changing(text.element(name), to: "<\(name)>\(include("cid:x@a"))</\(name)>")
        let wide: [UInt8] = [0xFF, 0xFE] + Array(text.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        add("W15", "a package whose boundary is nowhere", .refused(["package"]), text, contentType: type)
        for (title, code, bytes) in [
            ("a value swapped for an attachment", "digest-wrong", package(Array(swapped.utf8), [("x@a", "other")])),
            (
                "an Include of a file", "package",
                package(Array(swapped.replacingOccurrences(of: "cid:x@a", with: "file:///etc/passwd").utf8), [])
            ),
            ("an attachment that nothing signs", "package", package(Array(text.utf8), [("x@a", "other")])),
            ("a root in UTF-16", "package", package(wide, [])),
        ] {
            add("W15", title, .refused([code]), bytes: bytes, contentType: type)
        }
        add("W15", "no attack: the message itself in a package", .accepted, bytes: package(Array(text.utf8), []), contentType: type)
    }

    /// Content types and encodings.
    mutating func addTransport() throws {
        let text = sample.text
        let other: SOAPVersion = sample.shape.version == .v11 ? .v12 : .v11
        add("media type", "the other SOAP version's", .refused(["media-type"]), text, contentType: other.mediaType)
        add("media type", "JSON", .status(415), text, contentType: "application/json")
        add("media type", "none", .status(415), text, contentType: "")
        try addPackages()
        add("encoding", "gzip", .status(415), bytes: [0x1F, 0x8B, 8, 0] + Array(text.utf8), headers: ["Content-Encoding": "gzip"])
        refuse(
            "W15", "an XOP include in Body", "digest-wrong",
            text: try text.changing(
                "</soap:Body>",
                to: "<xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"file:///etc/passwd\"/></soap:Body>"))
        add(
            "action", "the SOAPAction of another operation", .refused(["operation-mismatch"]), text,
            headers: ["SOAPAction": "\"urn:other\""])
    }
}
