internal import XML

/// The parts of a multipart/related entity (RFC 2046, section 5.1; RFC 2387).
struct MIMEPackage {
    let parts: [Part]

    struct Part {
        /// By their names in lower case.
        let headers: [String: String]
        /// As its Content-Transfer-Encoding has it, decoded.
        let body: [UInt8]

        /// Without the angle brackets.
        var contentID: String? {
            headers["content-id"].map { String($0.trimmingPrefix("<").reversed().trimmingPrefix(">").reversed()) }
        }
    }

    private static let maximumParts = 64
    private static let maximumHead = 8 * 1024
    private static let maximumFolds = 16

    init(_ bytes: [UInt8], boundary: String) throws(XOPError) {
        guard (1...70).contains(boundary.utf8.count) else {
            throw .package("its boundary has \(boundary.utf8.count) characters, not 1 to 70")
        }
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [Part] = []
        guard var position = MIMEPackage.next(delimiter, in: bytes, from: 0)?.end else {
            throw .package("the boundary that Content-Type names does not stand in it")
        }
        while !MIMEPackage.has(Array("--".utf8), in: bytes, at: position) {
            guard parts.count < MIMEPackage.maximumParts else { throw .package("it has more than \(MIMEPackage.maximumParts) parts") }
            position = MIMEPackage.endOfLine(in: bytes, from: position)
            guard let end = MIMEPackage.next(delimiter, in: bytes, from: position) else { throw .package("its last boundary is missing") }
            parts.append(try MIMEPackage.part(Array(bytes[position..<max(position, end.start)])))
            position = end.end
        }
        self.parts = parts
    }

    /// A delimiter at the start of a line: where the content before it ends, and where the delimiter itself does.
    private static func next(_ delimiter: [UInt8], in bytes: [UInt8], from start: Int) -> (start: Int, end: Int)? {
        var position = start
        while let hit = bytes[position...].firstIndex(of: delimiter[0]) {
            let isAtLine = hit == 0 || bytes[hit - 1] == 0x0A
            if isAtLine, has(delimiter, in: bytes, at: hit), isEndOfDelimiter(bytes, hit + delimiter.count) {
                let before = hit == 0 ? 0 : hit >= 2 && bytes[hit - 2] == 0x0D ? hit - 2 : hit - 1
                return (before, hit + delimiter.count)
            }
            position = hit + 1
        }
        return nil
    }

    /// Another boundary may start with this one.
    private static func isEndOfDelimiter(_ bytes: [UInt8], _ position: Int) -> Bool {
        guard position < bytes.count else { return true }
        return [0x20, 0x09, 0x0D, 0x0A].contains(bytes[position]) || has(Array("--".utf8), in: bytes, at: position)
    }

    private static func has(_ mark: [UInt8], in bytes: [UInt8], at offset: Int) -> Bool {
        offset + mark.count <= bytes.count && bytes[offset..<offset + mark.count].elementsEqual(mark)
    }

    private static func endOfLine(in bytes: [UInt8], from start: Int) -> Int {
        (bytes[start...].firstIndex(of: 0x0A) ?? bytes.count - 1) + 1
    }

    private static func part(_ bytes: [UInt8]) throws(XOPError) -> Part {
        var headers: [String: String] = [:]
        var position = 0
        var last: String?
        var folds = 0
        while true {
            guard position < bytes.count else { throw .package("a part's headers do not end") }
            let end = endOfLine(in: bytes, from: position)
            guard end <= maximumHead else { throw .package("a part's headers have more than \(maximumHead) bytes") }
            let line = String(decoding: bytes[position..<end], as: UTF8.self)
            position = end
            let text = line.trimmedXML
            if text.isEmpty { break }
            if line.first == " " || line.first == "\t", let last {
                folds += 1
                guard folds <= maximumFolds else { throw .package("a part's headers have more than \(maximumFolds) continued lines") }
                headers[last] = "\(headers[last] ?? "") \(text)".trimmedXML
                continue
            }
            let pair = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw .package("a part has the line '\(text.prefix(60))' among its headers") }
            let name = pair[0].lowercased()
            guard headers.updateValue(pair[1].trimmedXML, forKey: name) == nil else { throw .package("a part has \(name) twice") }
            last = name
        }
        return Part(headers: headers, body: try body(Array(bytes[position...]), encoding: headers["content-transfer-encoding"]))
    }

    private static func body(_ bytes: [UInt8], encoding: String?) throws(XOPError) -> [UInt8] {
        switch encoding?.lowercased() {
        case nil, "binary", "8bit", "7bit": return bytes
        case "base64":
            guard let decoded = Base64.decode(String(decoding: bytes, as: UTF8.self)) else { throw .package("a part is no base64") }
            return decoded
        case let other?: throw .package("the Content-Transfer-Encoding \(other.prefix(40)) is not read; send binary")
        }
    }
}
