internal import Glibc

/// One pass over the bytes before they are parsed: refuses what no message needs (DOCTYPE, processing instructions) and
/// what would make the parser slow (attribute and namespace floods, depth, size). It judges cost, not well-formedness;
/// wherever it is unsure it leaves the verdict to the parser behind it.
struct XMLScan {
    private let bytes: UnsafeRawBufferPointer
    private let limits: XMLLimits
    private var position = 0
    private var depth = 0
    private var elements = 0
    /// Declarations of each open element, and their sum.
    private var declarations: [Int] = []
    private var inScope = 0

    private var names: NameCount
    private(set) var mostInScope = 0

    /// What a scan found.
    struct Result {
        /// The offset behind the XML declaration, where parsing starts: encoding is settled before.
        let start: Int
        /// Namespace declarations in scope where they are most.
        let namespacesInScope: Int
    }

    static func scan(_ bytes: UnsafeRawBufferPointer, limits: XMLLimits, encodings: [String]) throws(XMLError) -> Result {
        // libxml2 may end there and pass over what follows.
        if let base = bytes.baseAddress, let nul = memchr(base, 0, bytes.count) {
            let before = bytes[..<(UnsafeRawPointer(nul) - base)]
            let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            throw .notWellFormed(
                line: before.count { $0 == 0x0A } + 1, column: before.count - lineStart + 1,
                reason: "a zero byte, which no XML document has")
        }
        var scan = XMLScan(bytes: bytes, limits: limits)
        let start = try scan.declaration(encodings: encodings)
        scan.position = start
        try scan.run()
        return Result(start: start, namespacesInScope: scan.mostInScope)
    }

    private init(bytes: UnsafeRawBufferPointer, limits: XMLLimits) {
        self.bytes = bytes
        self.limits = limits
        names = NameCount(limit: limits.distinctNames)
    }

    private mutating func run() throws(XMLError) {
        while let open = find(UInt8(ascii: "<"), from: position) {
            try checkText(from: position, to: open)
            // libxml2 keeps runs of white space in its dictionary too.
            if (16..<64).contains(open - position), bytes[position] <= 0x20, bytes[open - 1] <= 0x20 { try note(position..<open) }
            position = open + 1
            guard position < bytes.count else { return }
            switch bytes[position] {
            case UInt8(ascii: "?"): throw .processingInstruction(offset: open)
            case UInt8(ascii: "!"): try declarationOrSection(at: open)
            case UInt8(ascii: "/"):
                depth -= 1
                inScope -= declarations.popLast() ?? 0
                position = (find(UInt8(ascii: ">"), from: position) ?? bytes.count - 1) + 1
            default: try startTag(at: open)
            }
        }
    }

    private mutating func declarationOrSection(at open: Int) throws(XMLError) {
        if has("!--", at: position) {
            position = find("-->", from: position + 3) ?? bytes.count
        } else if has("![CDATA[", at: position) {
            position = find("]]>", from: position + 8) ?? bytes.count
        } else {
            throw .documentTypeDeclaration
        }
        try checkText(from: open, to: position)
    }

    private func checkText(from start: Int, to end: Int) throws(XMLError) {
        guard end - start <= limits.text else { throw .textTooLong(limit: limits.text, offset: start) }
    }

    private mutating func startTag(at open: Int) throws(XMLError) {
        elements += 1
        guard elements <= limits.elements else { throw .tooManyElements(limit: limits.elements) }
        var attributes = 0
        var namespaces = 0
        /// Where the token under the position starts.
        var token = position
        var isNamespace = false
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: ">"):
                try note(token..<position)
                return try endOfStartTag(at: open, namespaces: namespaces)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard let close = find(byte, from: position + 1) else {
                    position = bytes.count
                    return
                }
                if isNamespace {
                    guard close - position <= limits.namespaceURI else {
                        throw .namespaceTooLong(limit: limits.namespaceURI, offset: position)
                    }
                    try note(position + 1..<close)
                    isNamespace = false
                }
                position = close + 1
                token = position
            case UInt8(ascii: "="):
                attributes += 1
                guard attributes <= limits.attributes else {
                    throw .tooManyAttributes(count: attributes, limit: limits.attributes, offset: open)
                }
                if has("xmlns", at: token) {
                    isNamespace = true
                    namespaces += 1
                    guard namespaces <= limits.namespaceDeclarations else {
                        throw .tooManyNamespaceDeclarations(count: namespaces, limit: limits.namespaceDeclarations, offset: open)
                    }
                }
                try note(token..<position)
                position += 1
                token = position
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "/"):
                // Between a name and its '=' there may be space.
                if position > token {
                    let next = skipSpace(from: position)
                    if next < bytes.count, bytes[next] == UInt8(ascii: "="), next > position {
                        let name = token..<position
                        position = next
                        if has("xmlns", at: name.lowerBound) {
                            token = name.lowerBound
                        } else {
                            try note(name)
                            token = position
                        }
                        continue
                    }
                    try note(token..<position)
                }
                position += 1
                token = position
            default: position += 1
            }
        }
    }

    private mutating func endOfStartTag(at open: Int, namespaces: Int) throws(XMLError) {
        position += 1
        guard position - open <= limits.startTag else { throw .startTagTooLong(limit: limits.startTag, offset: open) }
        guard inScope + namespaces <= limits.namespacesInScope else {
            throw .tooManyNamespacesInScope(limit: limits.namespacesInScope, offset: open)
        }
        mostInScope = max(mostInScope, inScope + namespaces)
        if bytes[position - 2] != UInt8(ascii: "/") {
            depth += 1
            inScope += namespaces
            declarations.append(namespaces)
            guard depth <= limits.depth else { throw .tooDeep(limit: limits.depth) }
        }
    }

    /// Counts a name; what is between a name and its `=` may be in it, which only counts it once more.
    private mutating func note(_ range: Range<Int>) throws(XMLError) {
        guard !range.isEmpty else { return }
        names.note(UnsafeRawBufferPointer(rebasing: bytes[range]))
        guard names.count <= limits.distinctNames else { throw .tooManyNames(limit: limits.distinctNames) }
    }

    private func skipSpace(from start: Int) -> Int {
        var position = start
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        return position
    }

    /// Reads `<?xml … ?>` at the start: version 1.0, and an encoding that the bytes really are in.
    private func declaration(encodings: [String]) throws(XMLError) -> Int {
        guard has("<?xml", at: 0), bytes.count > 5, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[5]) else { return 0 }
        guard let end = find("?>", from: 5) else {
            throw .notWellFormed(line: 1, column: 1, reason: "the XML declaration does not end")
        }
        let attributes = try pseudoAttributes(Array(bytes[5..<end - 2]))
        if let version = attributes["version"], version != "1.0" {
            throw .notWellFormed(line: 1, column: 1, reason: "XML version \(version) is not read, only 1.0")
        }
        if let encoding = attributes["encoding"], !encodings.contains(encoding.uppercased()) {
            throw .unsupportedEncoding(encoding)
        }
        return end
    }

    /// `version`, `encoding` and `standalone` of the XML declaration (XML 1.0, production 23), and nothing else.
    private func pseudoAttributes(_ text: [UInt8]) throws(XMLError) -> [String: String] {
        let malformed = XMLError.notWellFormed(line: 1, column: 1, reason: "the XML declaration is not as XML 1.0 has it")
        let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard text.count <= 256 else { throw malformed }
        var found: [String: String] = [:]
        var rest = text[...].drop(while: isSpace)
        while !rest.isEmpty {
            let name = String(decoding: rest.prefix { (0x61...0x7A).contains($0) }, as: UTF8.self)
            rest = rest.dropFirst(name.utf8.count).drop(while: isSpace)
            guard ["version", "encoding", "standalone"].contains(name), found[name] == nil, rest.popFirst() == UInt8(ascii: "=") else {
                throw malformed
            }
            rest = rest.drop(while: isSpace)
            guard let quote = rest.popFirst(), [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(quote),
                let close = rest.firstIndex(of: quote)
            else {
                throw malformed
            }
            found[name] = String(decoding: rest[..<close], as: UTF8.self)
            rest = rest[(close + 1)...]
            guard rest.first.map(isSpace) ?? true else { throw malformed }
            rest = rest.drop(while: isSpace)
        }
        guard found["version"] != nil else { throw malformed }
        return found
    }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let hit = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(hit) - base
    }

    /// The offset behind the next `text`.
    private func find(_ text: StaticString, from start: Int) -> Int? {
        let last = text.utf8Start[text.utf8CodeUnitCount - 1]
        var from = start
        while let hit = find(last, from: from) {
            let begin = hit + 1 - text.utf8CodeUnitCount
            if begin >= start, has(text, at: begin) { return hit + 1 }
            from = hit + 1
        }
        return nil
    }

    private func has(_ text: StaticString, at offset: Int) -> Bool {
        guard offset + text.utf8CodeUnitCount <= bytes.count, let base = bytes.baseAddress else { return false }
        return memcmp(base + offset, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}
