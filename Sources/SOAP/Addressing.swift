public import XML

/// The message addressing properties of WS-Addressing 1.0 that are read: each may be absent, and none may stand twice.
public struct Addressing {
    public static let namespace = "http://www.w3.org/2005/08/addressing"
    static let anonymous = "http://www.w3.org/2005/08/addressing/anonymous"
    /// The address that wse-php writes for the same thing.
    private static let anonymous2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"

    public let to: XMLElement?
    public let action: XMLElement?
    public let messageID: XMLElement?
    public let relatesTo: XMLElement?
    public let replyTo: XMLElement?
    public let faultTo: XMLElement?

    /// A header that stands twice.
    public struct Repeated: Error {
        public let header: String
    }

    public init(_ envelope: Envelope) throws(Repeated) {
        func single(_ local: String) throws(Repeated) -> XMLElement? {
            let found = envelope.headers(named: .addressing(local))
            guard found.count <= 1 else { throw Repeated(header: local) }
            return found.first
        }
        to = try single("To")
        action = try single("Action")
        messageID = try single("MessageID")
        relatesTo = try single("RelatesTo")
        replyTo = try single("ReplyTo")
        faultTo = try single("FaultTo")
    }

    /// Whether answers to this endpoint reference go back on the same connection.
    public static func isAnonymous(_ endpoint: XMLElement) -> Bool {
        let address = endpoint.children.first { $0.local == "Address" }?.text ?? ""
        return [anonymous, anonymous2004].contains(address.trimmedXML)
    }
}

extension XMLName {
    /// A name of WS-Addressing 1.0.
    public static func addressing(_ local: String) -> XMLName { XMLName(Addressing.namespace, local) }
}
