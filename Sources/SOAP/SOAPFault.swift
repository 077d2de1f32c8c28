internal import XML

/// A SOAP fault in either version (SOAP 1.1, section 4.4; SOAP 1.2 part 1, section 5.4).
public struct SOAPFault: Sendable {
    /// Who must change something.
    public enum Blame: Sendable { case sender, receiver, mustUnderstand, versionMismatch }

    public var blame: Blame
    /// The WS-Security fault code (WSS 1.1, section 12), such as `FailedCheck`.
    public var securityCode: String?
    public var reason: String
    /// The content of the detail element, as XML.
    public var detail: [UInt8]

    private static let securityNamespace =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

    public init(blame: Blame, securityCode: String? = nil, reason: String, detail: [UInt8] = []) {
        self.blame = blame
        self.securityCode = securityCode
        self.reason = reason
        self.detail = detail
    }

    /// The Fault element; `soap` is the prefix that the envelope binds.
    public func xml(_ version: SOAPVersion) -> [UInt8] {
        var writer = XMLWriter()
        writer.open("soap:Fault")
        switch version {
        case .v11: write11(&writer)
        case .v12: write12(&writer)
        }
        writer.close("soap:Fault")
        return writer.bytes
    }

    private func write11(_ writer: inout XMLWriter) {
        if let securityCode {
            writer.element("faultcode", ["xmlns:wsse": SOAPFault.securityNamespace], text: "wsse:" + securityCode)
        } else {
            writer.element("faultcode", text: "soap:" + code(.v11))
        }
        writer.element("faultstring", ["xml:lang": "en"], text: reason)
        guard !detail.isEmpty else { return }
        writer.open("detail")
        writer.markup(detail)
        writer.close("detail")
    }

    private func write12(_ writer: inout XMLWriter) {
        writer.open("soap:Code")
        writer.element("soap:Value", text: "soap:" + code(.v12))
        if let securityCode {
            writer.open("soap:Subcode")
            writer.element("soap:Value", ["xmlns:wsse": SOAPFault.securityNamespace], text: "wsse:" + securityCode)
            writer.close("soap:Subcode")
        }
        writer.close("soap:Code")
        writer.open("soap:Reason")
        writer.element("soap:Text", ["xml:lang": "en"], text: reason)
        writer.close("soap:Reason")
        guard !detail.isEmpty else { return }
        writer.open("soap:Detail")
        writer.markup(detail)
        writer.close("soap:Detail")
    }

    private func code(_ version: SOAPVersion) -> String {
        switch (blame, version) {
        case (.sender, .v11): "Client"
        case (.sender, .v12): "Sender"
        case (.receiver, .v11): "Server"
        case (.receiver, .v12): "Receiver"
        case (.mustUnderstand, _): "MustUnderstand"
        case (.versionMismatch, _): "VersionMismatch"
        }
    }
}
