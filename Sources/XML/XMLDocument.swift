internal import CLibXML2

/// A parsed document; owns libxml2's tree. It is not `Sendable`: a document lives inside one synchronous function.
public final class XMLDocument {
    let pointer: xmlDocPtr
    /// Marks of the canonicalization under way; see `XMLElement.withCanonicalBytes`.
    var canonicalizations = 0
    /// Bytes of the document, as UTF-8.
    public let size: Int
    /// Namespace declarations in scope where they are most.
    public let namespacesInScope: Int

    /// Parses after the byte scan: no DOCTYPE, no processing instruction, no network, no entity but the five of XML.
    ///
    /// UTF-16 and a byte order mark are transcoded to UTF-8 first. White space and comments stay in the tree.
    public convenience init(parsing bytes: [UInt8], limits: XMLLimits = .standard) throws(XMLError) {
        let parsed = try bytes.withUnsafeBufferPointer { (buffer) throws(XMLError) -> Parsed in
            try XMLDocument.parse(UnsafeRawBufferPointer(buffer), limits: limits)
        }
        self.init(parsed)
    }

    private struct Parsed {
        let pointer: xmlDocPtr
        let size: Int
        let namespacesInScope: Int
    }

    private init(_ parsed: Parsed) {
        pointer = parsed.pointer
        size = parsed.size
        namespacesInScope = parsed.namespacesInScope
    }

    deinit { xmlFreeDoc(pointer) }

    /// libxml2's tree, for the second signature engine alone.
    @_spi(Tree) public var tree: UnsafeMutableRawPointer { UnsafeMutableRawPointer(pointer) }

    /// The document element.
    public var root: XMLElement {
        guard let root = xmlDocGetRootElement(pointer) else {
            preconditionFailure("libxml2 reports a well-formed document, which always has a document element")
        }
        return XMLElement(self, root)
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, limits: XMLLimits) throws(XMLError) -> Parsed {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= limits.bytes else { throw .tooLarge(bytes: bytes.count, limit: limits.bytes) }
        let encoding = XMLEncoding(of: bytes)
        if let utf8 = try encoding.transcoded(bytes) {
            return try utf8.withUnsafeBufferPointer { (buffer) throws(XMLError) -> Parsed in
                try parseUTF8(UnsafeRawBufferPointer(buffer), limits: limits, encodings: encoding.names)
            }
        }
        guard case .utf8(let skip) = encoding else { preconditionFailure("every other encoding was transcoded") }
        return try parseUTF8(UnsafeRawBufferPointer(rebasing: bytes[skip...]), limits: limits, encodings: encoding.names)
    }

    private static func parseUTF8(
        _ bytes: UnsafeRawBufferPointer, limits: XMLLimits, encodings: [String]
    ) throws(XMLError) -> Parsed {
        LibXML2.start()
        let scan = try XMLScan.scan(bytes, limits: limits, encodings: encodings)
        let start = scan.start
        guard start < bytes.count, let base = bytes.baseAddress else { throw .empty }
        // libxml2 would guess again what comes behind the declaration (EBCDIC, UCS-4); the scan has read it as UTF-8.
        guard [0x3C, 0x20, 0x09, 0x0A, 0x0D].contains(bytes[start]) else {
            throw .notWellFormed(line: 1, column: 1, reason: "no element starts the document (only UTF-8 and UTF-16 are read)")
        }
        guard let parser = coconect_new_parser() else { preconditionFailure("out of memory") }
        defer { xmlFreeParserCtxt(parser) }
        let text = (base + start).assumingMemoryBound(to: CChar.self)
        let document = xmlCtxtReadMemory(parser, text, Int32(bytes.count - start), nil, nil, XMLDocument.options)
        guard coconect_saw_doctype(parser) == 0 else {
            xmlFreeDoc(document)
            throw .documentTypeDeclaration
        }
        // libxml2 counts an unbound prefix as well-formed; Namespaces in XML does not.
        guard let document, parser.pointee.wellFormed == 1, parser.pointee.nsWellFormed == 1 else {
            xmlFreeDoc(document)
            throw diagnosis(of: parser)
        }
        return Parsed(pointer: document, size: bytes.count, namespacesInScope: scan.namespacesInScope)
    }

    /// No network; short texts stand inside their nodes, which is good for trees that are only read, and saves an allocation each.
    private static let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_COMPACT.rawValue)

    private static func diagnosis(of parser: xmlParserCtxtPtr) -> XMLError {
        guard let error = xmlCtxtGetLastError(parser) else {
            return .notWellFormed(line: 1, column: 1, reason: "no document element")
        }
        let message = error.pointee.message.map { String(cString: $0) } ?? "unknown"
        return .notWellFormed(
            line: Int(error.pointee.line), column: Int(error.pointee.int2),
            reason: message.split(separator: "\n").joined(separator: " "))
    }
}

/// One-time start of libxml2, before the first document is parsed on any thread.
enum LibXML2 {
    private static let started: Void = xmlInitParser()
    static func start() { started }
}
