public import XML

/// What an envelope of ours will hold, before it is signed.
public struct OutgoingEnvelope: Sendable {
    public var version: SOAPVersion
    /// WS-Addressing headers, in their order: local name and value.
    public var addressing: [AddressingHeader]
    /// The child of Body, as XML.
    public var content: [UInt8]
    public var form: Form

    /// How `content` is written.
    public enum Form: Sendable {
        /// In its exclusive canonical form, with no namespace taken from outside: what is sent is what is digested.
        case canonical
        /// In any other way; `soap` is bound to the envelope's namespace.
        case free
    }

    public struct AddressingHeader: Sendable, Hashable {
        public enum Value: Sendable, Hashable {
            case text(String)
            /// An endpoint reference to the connection itself.
            case anonymousEndpoint
        }
        public let local: String
        public let value: Value
        public init(_ local: String, _ value: Value) {
            self.local = local
            self.value = value
        }
    }

    public init(version: SOAPVersion, addressing: [AddressingHeader] = [], content: [UInt8], form: Form) {
        self.version = version
        self.addressing = addressing
        self.content = content
        self.form = form
    }

    /// Headers of a request: To, Action, MessageID and an anonymous ReplyTo (WS-Addressing 1.0 SOAP binding).
    public static func requestAddressing(to: String, action: String, messageID: String) -> [AddressingHeader] {
        [
            .init("To", .text(to)), .init("Action", .text(action)), .init("MessageID", .text(messageID)),
            .init("ReplyTo", .anonymousEndpoint),
        ]
    }

    /// Headers of an answer to a signed MessageID.
    public static func answerAddressing(action: String, relatesTo messageID: String) -> [AddressingHeader] {
        [.init("Action", .text(action)), .init("RelatesTo", .text(messageID))]
    }

    /// Writes one header, in its canonical form, with an id to sign it by.
    ///
    /// - Parameter utility: the namespace of `wsu:Id`.
    public static func write(_ header: AddressingHeader, id: String, utility: String, to writer: inout XMLWriter) {
        write(header, ["xmlns:wsa": Addressing.namespace, "xmlns:wsu": utility, "wsu:Id": id], to: &writer)
    }

    private static func write(_ header: AddressingHeader, _ attributes: KeyValuePairs<String, String>, to writer: inout XMLWriter) {
        let tag = "wsa:" + header.local
        writer.open(tag, attributes)
        switch header.value {
        case .text(let text): writer.text(text)
        case .anonymousEndpoint: writer.element("wsa:Address", text: Addressing.anonymous)
        }
        writer.close(tag)
    }
}

extension OutgoingEnvelope {
    /// The envelope without signature: for a partner that wants it so, and for faults to a flood of strangers.
    public var unsigned: [UInt8] {
        var writer = XMLWriter()
        writer.open("soap:Envelope", ["xmlns:soap": version.namespace])
        if !addressing.isEmpty {
            writer.open("soap:Header")
            for header in addressing { OutgoingEnvelope.write(header, ["xmlns:wsa": Addressing.namespace], to: &writer) }
            writer.close("soap:Header")
        }
        writer.open("soap:Body")
        writer.markup(content)
        writer.close("soap:Body")
        writer.close("soap:Envelope")
        return writer.bytes
    }
}
