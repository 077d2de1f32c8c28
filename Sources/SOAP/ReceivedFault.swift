public import XML

/// A SOAP fault as a partner sent it.
public struct ReceivedFault: Sendable, Hashable {
    public let code: String
    public let reason: String
    /// The text of the detail, elements joined by spaces.
    public let detail: String

    /// - Returns: `nil` where the element is no Fault of that version.
    public init?(_ element: XMLElement, version: SOAPVersion) {
        guard element.has(version.name("Fault")) else { return nil }
        func texts(under element: XMLElement?) -> String {
            guard let element else { return "" }
            let inner = element.children.map { texts(under: $0) }.filter { !$0.isEmpty }
            return inner.isEmpty ? element.text.trimmedXML : inner.joined(separator: " ")
        }
        switch version {
        case .v11:
            code = texts(under: element.child(XMLName("", "faultcode")))
            reason = texts(under: element.child(XMLName("", "faultstring")))
            detail = texts(under: element.child(XMLName("", "detail")))
        case .v12:
            code = texts(under: element.child(version.name("Code")))
            reason = texts(under: element.child(version.name("Reason")))
            detail = texts(under: element.child(version.name("Detail")))
        }
    }
}
