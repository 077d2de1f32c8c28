internal import Datasets
public import SOAP
internal import Trust
public import WSSecurity
internal import XML

/// What a partner's address answered to a message that asks for nothing.
public struct PartnerProbe: Sendable {
    public let address: String
    public let request: [UInt8]
    public let status: Int
    public let contentType: String
    public let response: [UInt8]
    /// `nil` where the answer is no SOAP message.
    public let answer: Answer?

    public struct Answer: Sendable {
        public let version: SOAPVersion
        public let isSigned: Bool
        /// What the verifier found, by what must hold for this partner.
        public let report: VerificationReport
        /// The text of its fault; nothing proves whose word it is unless the report's verdict is good. `nil` where it is no fault.
        public let fault: String?
        /// Seconds that the answer's Timestamp is ahead of our clock.
        public let clockDifference: Int64?
    }
}

extension Gateway {
    private static let probeNamespace = "urn:coconect:probe:1"

    /// Calls an operation's address with a signed message in the partner's style whose Body holds a Probe, which is no message of any operation,
    /// under an action of its own: a gateway that is built as it should refuses it after its signature was verified, and nothing happens.
    public func probe(_ partner: Partner, _ operation: Operation, through transport: any PartnerTransport) async throws -> PartnerProbe {
        let style = partner.endpoint.style
        let address = partner.endpoint.address(of: operation)
        let message = OutboundMessage(
            content: Array("<Probe xmlns=\"\(Gateway.probeNamespace)\"></Probe>".utf8), action: Gateway.probeNamespace + ":Probe",
            address: address, addressingID: "urn:coconect:probe:" + LocalID.make(), style: style)
        let now = clock()
        let draft = try EnvelopeDraft(message.envelope, identity: identity, style: style.signing, created: now)
        let signed = try await identity.finish(draft)
        let request = message.request(signed, url: address, partner: partner, trace: nil)
        let response = try await transport.post(request)
        let bytes = (try? response.message(limits: settings.limits)) ?? response.bytes
        return PartnerProbe(
            address: address, request: signed.bytes, status: response.status, contentType: response.contentType, response: bytes,
            answer: answer(bytes, of: partner))
    }

    private func answer(_ bytes: [UInt8], of partner: Partner) -> PartnerProbe.Answer? {
        guard let document = try? XMLDocument(parsing: bytes, limits: settings.limits), let envelope = try? Envelope(reading: document)
        else {
            return nil
        }
        let now = clock()
        var report = VerificationReport(judgedAt: now)
        _ = try? EnvelopeVerifier(trust: partners.trust(of: partner), policy: partner.policy ?? settings.policy).verify(
            envelope, at: now, report: &report)
        let isSigned = !envelope.headers(named: XMLName(SecurityNamespace.extension1, "Security")).isEmpty
        let created = report.created.flatMap { XMLDateTime($0) }
        return PartnerProbe.Answer(
            version: envelope.version, isSigned: isSigned, report: report, fault: envelope.claimedFault?.onOneLine(atMost: 600),
            clockDifference: created.map { $0.seconds - now.seconds })
    }
}
