internal import XML

/// The value of a Content-Type header: type and parameters (RFC 9110, section 8.3).
public struct MediaType: Hashable, Sendable {
    /// In lower case, such as `text/xml`.
    public let type: String
    /// By their names in lower case, without quotation marks.
    public let parameters: [String: String]

    public init(_ header: String) {
        var pieces: [String] = [""]
        var (isQuoted, isEscaped) = (false, false)
        for character in header {
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
            if character == ";", !isQuoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
        }
        var values: [String: String] = [:]
        for piece in pieces.dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1).map { $0.trimmedXML }
            if pair.count == 2 { values[pair[0].lowercased()] = MediaType.unquoted(pair[1]) }
        }
        type = pieces[0].trimmedXML.lowercased()
        parameters = values
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var value = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            isEscaped = character == "\\" && !isEscaped
            if !isEscaped { value.append(character) }
        }
        return value
    }
}

extension MediaType {
    /// Whether a message comes as MTOM's package, root and attachments in one (SOAP MTOM, section 3).
    public var isPackage: Bool { type == "multipart/related" }

    /// The SOAP version of a bare message, or of the package's root.
    public var soapVersion: SOAPVersion? {
        let type = isPackage ? MediaType(parameters["start-info"] ?? "").type : type
        return SOAPVersion.allCases.first { $0.mediaType == type }
    }

    /// The `action` parameter of SOAP 1.2; `nil` where empty or absent.
    public var action: String? {
        let own = parameters["action"] ?? (isPackage ? MediaType(parameters["start-info"] ?? "").parameters["action"] : nil)
        return own.flatMap { $0.isEmpty ? nil : $0 }
    }
}
