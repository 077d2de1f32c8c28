/// The four service operations of the WCO interconnectivity pattern. The spelling *cancelation* is the standard's.
public enum Operation: String, CaseIterable, Sendable, Codable {
    case sendCO = "send-co"
    case sendAmendmentNotification = "send-amendment-notification"
    case sendCancelationStatus = "send-cancelation-status"
    case sendFeedback = "send-feedback"

    /// The gateway that provides the operation; its client is the other one.
    public var provider: GatewayRole {
        switch self {
        case .sendCO, .sendAmendmentNotification: .inboundGateway
        case .sendCancelationStatus, .sendFeedback: .outboundGateway
        }
    }
}

/// The two roles of a gateway; both may be held toward one partner.
public enum GatewayRole: String, CaseIterable, Sendable, Codable {
    /// The importing side: receives certificates.
    case inboundGateway = "inbound-gateway"
    /// The exporting side: sends certificates.
    case outboundGateway = "outbound-gateway"

    var other: GatewayRole { self == .inboundGateway ? .outboundGateway : .inboundGateway }
}
