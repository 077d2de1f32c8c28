public import XML

/// Turns MTOM's package back into the one document that its signature was made over: the infoset with the content of each
/// attachment, in base64, where its Include stands (SOAP MTOM, section 3.2; XOP, section 4).
///
/// Only parts of the same message are read, each by one Include; nothing is fetched.
public enum XOPReader {
    private static let include = XMLName("http://www.w3.org/2004/08/xop/include", "Include")

    /// - Parameter limits: for the root; the document that comes out may not be larger either.
    public static func message(_ bytes: [UInt8], _ media: MediaType, limits: XMLLimits) throws(XOPError) -> [UInt8] {
        let package = try MIMEPackage(bytes, boundary: media.parameters["boundary"] ?? "")
        let start = media.parameters["start"].map { $0.trimmingPrefix("<").reversed().trimmingPrefix(">").reversed() }.map { String($0) }
        guard let place = start == nil ? 0 : package.parts.firstIndex(where: { $0.contentID == start }), place < package.parts.count else {
            throw .package("the root that 'start' names is not among its parts")
        }
        let root = package.parts[place]
        let type = MediaType(root.headers["content-type"] ?? "")
        guard type.type == "application/xop+xml" else {
            throw .package("its root is \(type.type.prefix(60)), not application/xop+xml; SOAP with Attachments is not read, MTOM is")
        }
        if let charset = type.parameters["charset"], !["utf-8", "utf8", "us-ascii"].contains(charset.lowercased()) {
            throw .package("its root is in \(charset.prefix(40)); send UTF-8")
        }
        // The parser would read it, and places in its bytes would be others than those of UTF-8.
        guard !root.body.starts(with: [0xFE, 0xFF]), !root.body.starts(with: [0xFF, 0xFE]) else {
            throw .package("its root is in UTF-16; send UTF-8")
        }
        let includes = try includes(root.body, limits: limits)
        guard !includes.isEmpty || package.parts.count > 1 else { return root.body }
        var parts: [String: [UInt8]] = [:]
        for (index, part) in package.parts.enumerated() where index != place {
            guard let id = part.contentID, parts.updateValue(part.body, forKey: id) == nil else {
                throw .package("a part has no Content-ID, or one that another has too")
            }
        }
        return try spliced(root.body, includes, parts, limit: limits.bytes)
    }

    /// The Includes of the root, in document order.
    private static func includes(_ root: [UInt8], limits: XMLLimits) throws(XOPError) -> [(number: Int, reference: String)] {
        let document: XMLDocument
        do { document = try XMLDocument(parsing: root, limits: limits) } catch { throw .document(error) }
        var found: [(number: Int, reference: String)] = []
        var number = 0
        func walk(_ element: XMLElement) throws(XOPError) {
            if element.has(include) { found.append((number, try reference(element))) }
            number += 1
            for child in element.children { try walk(child) }
        }
        try walk(document.root)
        return found
    }

    /// What stands behind `cid:`.
    private static func reference(_ element: XMLElement) throws(XOPError) -> String {
        guard element.isAlone else {
            throw .include("\(element.path) does not stand alone in its element")
        }
        guard element.isEmpty else { throw .include("\(element.path) is not empty") }
        guard element.attributes.count == 1, let href = element.attribute(XMLName("", "href")) else {
            throw .include("\(element.path) has no href, or something beside it")
        }
        guard href.hasPrefix("cid:"), String(href.dropFirst(4)).percentDecoded?.isEmpty == false else {
            throw .include("\(element.path) names '\(href.prefix(60))'; only a part of the same message, by cid:, is read")
        }
        return String(href.dropFirst(4))
    }

    private static func spliced(
        _ root: [UInt8], _ includes: [(number: Int, reference: String)], _ parts: [String: [UInt8]], limit: Int
    ) throws(XOPError) -> [UInt8] {
        var unused = parts
        let size = parts.values.reduce(root.count) { $0 + ($1.count + 2) / 3 * 4 }
        guard size <= limit else { throw .document(.tooLarge(bytes: size, limit: limit)) }
        let ranges = XMLTagPositions(of: root).ranges
        var message: [UInt8] = []
        message.reserveCapacity(size)
        var position = 0
        for (number, reference) in includes {
            guard ranges.indices.contains(number), case let range = ranges[number] else {
                throw .include("the place of 'cid:\(reference.prefix(60))' is not found")
            }
            // RFC 2392 has the id escaped in the reference alone; CXF escapes it in Content-ID too.
            let decoded = reference.percentDecoded ?? reference
            guard let part = unused.removeValue(forKey: decoded) ?? unused.removeValue(forKey: reference) else {
                throw .include("'cid:\(reference.prefix(60))' names no part of the message, or one that is included twice")
            }
            message += root[position..<range.lowerBound]
            message += Base64.encode(part).utf8
            position = range.upperBound
        }
        if let id = unused.keys.min() { throw .package("no Include names its part '\(id.prefix(60))', so nothing signs it") }
        return message + root[position...]
    }
}

extension String {
    /// `nil` where a percent sign is not followed by two hexadecimal digits, or the bytes are no UTF-8.
    fileprivate var percentDecoded: String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
