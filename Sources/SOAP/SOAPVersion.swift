public import XML

/// The two versions of SOAP that partners speak; the envelope's namespace tells which.
public enum SOAPVersion: String, CaseIterable, Sendable {
    case v11 = "1.1"
    case v12 = "1.2"

    public var namespace: String {
        switch self {
        case .v11: "http://schemas.xmlsoap.org/soap/envelope/"
        case .v12: "http://www.w3.org/2003/05/soap-envelope"
        }
    }

    /// The media type of a message (SOAP 1.1, section 6; SOAP 1.2 part 2, section 7).
    public var mediaType: String {
        switch self {
        case .v11: "text/xml"
        case .v12: "application/soap+xml"
        }
    }

    public func name(_ local: String) -> XMLName { XMLName(namespace, local) }

    /// The attribute that names a header block's target.
    var role: XMLName { name(self == .v11 ? "actor" : "role") }
}
