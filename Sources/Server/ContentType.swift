internal import SOAP
internal import XML

/// A Content-Type header as SOAP bindings use it: the version it stands for and the `action` parameter of SOAP 1.2.
struct ContentType {
    let version: SOAPVersion
    let action: String?

    /// - Throws: a sentence for the peer.
    init(_ header: String?) throws(Unsupported) {
        let expected = "expected text/xml for SOAP 1.1 or application/soap+xml for SOAP 1.2"
        guard let header else { throw Unsupported("The request has no Content-Type; \(expected).") }
        guard header.utf8.count <= 1024 else { throw Unsupported("The Content-Type is longer than 1024 bytes; \(expected).") }
        let parts = ContentType.parameters(header)
        guard let version = SOAPVersion.allCases.first(where: { $0.mediaType == parts.type }) else {
            throw Unsupported("The Content-Type is \(parts.type); \(expected).")
        }
        if let charset = parts.values["charset"], !["utf-8", "utf8", "utf-16", "us-ascii"].contains(charset.lowercased()) {
            throw Unsupported("The charset \(charset) is not read; send UTF-8.")
        }
        self.version = version
        action = parts.values["action"].flatMap { $0.isEmpty ? nil : $0 }
    }

    struct Unsupported: Error {
        let sentence: String
        init(_ sentence: String) {
            self.sentence = sentence
        }
    }

    /// The media type in lower case and the parameters by their lower-case names, quotation marks taken off (RFC 9110, 8.3).
    private static func parameters(_ header: String) -> (type: String, values: [String: String]) {
        var pieces: [String] = [""]
        var quoted = false
        for character in header {
            if character == "\"" { quoted.toggle() }
            if character == ";", !quoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
        }
        var values: [String: String] = [:]
        for piece in pieces.dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1).map { $0.trimmedXML }
            if pair.count == 2 { values[pair[0].lowercased()] = pair[1].unquoted }
        }
        return (pieces[0].trimmedXML.lowercased(), values)
    }
}

extension String {
    /// Without one pair of quotation marks around it.
    var unquoted: String {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
    }
}
