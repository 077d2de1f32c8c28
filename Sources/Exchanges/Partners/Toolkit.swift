internal import SOAP
internal import WSSecurity

/// What a partner's gateway is built with: a name for a whole style. Each setting of the partner's file goes before it.
public enum Toolkit: String, CaseIterable, Sendable {
    /// Apache CXF with WSS4J.
    case cxf
    /// Windows Communication Foundation, and .NET that speaks as it does.
    case wcf
    /// gSOAP with its wsse plugin.
    case gsoap
    /// PHP's SoapServer and SoapClient.
    case php
    /// zeep, and servers in Python beside it.
    case zeep
    case nodeSoap = "node-soap"
    /// Apache Axis2 with Rampart.
    case axis2

    public var requests: RequestStyle {
        var style = RequestStyle(soapVersion: soapVersion, signing: signing)
        // These have no WS-Addressing of their own; headers that nobody asked for only make messages longer.
        if [.php, .zeep, .nodeSoap].contains(self) { style.addressing = .off }
        return style
    }

    public var answers: AnswerStyle { AnswerStyle(signing: signing) }

    /// The one that its documentation starts with.
    private var soapVersion: SOAPVersion {
        switch self {
        case .cxf, .php, .zeep, .nodeSoap: .v11
        case .wcf, .gsoap, .axis2: .v12
        }
    }

    private var signing: SigningStyle {
        var style = SigningStyle()
        switch self {
        case .cxf, .zeep: break
        case .wcf:
            // WCF's strict layout has the Timestamp first; its algorithm suites know RSA alone.
            style.order = [.timestamp, .token, .signature]
            style.algorithm = .rsaSHA256
        case .axis2: style.order = [.timestamp, .token, .signature]
        case .gsoap:
            // Its times have no fraction; its ECDSA is DER, which XML Signature does not have.
            style.algorithm = .rsaSHA256
            style.fractionDigits = 0
        case .php, .nodeSoap:
            // A SoapServer refuses a header that must be understood and that no method is named for.
            style.algorithm = .rsaSHA256
            style.mustUnderstand = false
            style.fractionDigits = self == .php ? 0 : 3
        }
        return style
    }
}
