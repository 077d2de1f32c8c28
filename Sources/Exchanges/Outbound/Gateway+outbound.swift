public import Datasets
internal import Logging
internal import SOAP
internal import Stores
internal import Trust
public import WSSecurity
internal import XML
internal import XMLSignature

/// The outbound road.
extension Gateway {
    /// JSON → dataset → durable and queued. What was taken is sent until the partner's receipt is there or a person is asked.
    ///
    /// - Parameter correlationID: names the message in the log; 32 hexadecimal digits, the trace id of who hands it in.
    public func submit(
        json: [UInt8], operation: Operation, partner name: String, correlationID: String = LocalID.make()
    ) async throws -> Submission {
        try await pool.run {
            do throws(SubmissionError) {
                let partner = try callable(operation, partner: name)
                let dataset = try dataset(json, operation, partner)
                return try await queue(dataset, operation, partner, correlationID)
            } catch {
                return .refused(error)
            }
        }
    }

    /// The dataset of a message to a partner: valid, from us, to that partner.
    public func dataset(_ json: [UInt8], _ operation: Operation, _ partner: Partner) throws(SubmissionError) -> Dataset {
        let catalog = catalog(of: partner)
        guard let menuOperation = catalog.operation(operation) else { throw .operationNotCalled(operation, partner: partner.name) }
        let dataset: Dataset
        do { dataset = try catalog.dataset(json: json, as: menuOperation.request.xml.local) } catch { throw .dataset(error.problems) }
        var problems: [DatasetProblem] = []
        for (element, expected) in [("sender", administration), ("receiver", partner.administration)] {
            guard Administration(dataset, element) != expected else { continue }
            problems.append(DatasetProblem(.rule, at: "/" + element, "the \(element) of this message must be \(expected)"))
        }
        guard problems.isEmpty else { throw .dataset(problems) }
        return dataset
    }

    public func callable(_ operation: Operation, partner name: String) throws(SubmissionError) -> Partner {
        guard let partner = partners[name] else {
            throw .unknownPartner(name, nearest: name.nearest(in: partners.partners.keys, within: 3).first)
        }
        guard partner.standing == .active else { throw .partnerSuspended(name) }
        guard partner.mayBeCalled(operation) else { throw .operationNotCalled(operation, partner: name) }
        return partner
    }

    /// Dataset → signed envelope → partner → its answer, verified. The Body is the same at each try, its signature is new.
    ///
    /// - Parameters:
    ///   - channel: `nil` for the partner's first address.
    ///   - earlier: base64 digest of the Body of the last try. Where its receipt was lost and since then the Body has come to be
    ///     written otherwise (another SOAP version, a newer program), the receipt still names that one.
    public func send(
        _ dataset: Dataset, _ operation: Operation, to partner: Partner, through transport: any PartnerTransport,
        channel: PartnerEndpoint.Channel? = nil, afterTry earlier: String? = nil, trace: String? = nil
    ) async throws -> SentExchange {
        let menu = catalog(of: partner).menu
        guard let menuOperation = menu.operation(operation) else {
            throw SubmissionError.operationNotCalled(operation, partner: partner.name)
        }
        let messageID = dataset.text("functionalReferenceId") ?? ""
        let style = partner.endpoint.style
        let address = partner.endpoint.address(of: operation, through: channel)
        let message = OutboundMessage(
            dataset, action: menu.requestAction(of: menuOperation), address: address, addressingID: uuid(of: messageID), style: style)
        let signed = try await pool.run {
            let identity = identity
            let draft = try EnvelopeDraft(message.envelope, identity: identity, style: style.signing, created: clock())
            return try await timed(.sign) { try await identity.finish(draft) }
        }
        let request = message.request(signed, url: address, partner: partner, trace: trace)
        let response = try await timed(.send) { try await self.call(transport, request, signed.bodyDigest) }
        let sent = SentMessage(
            messageID: messageID, addressingID: style.addressing == .on ? uuid(of: messageID) : nil, bodyDigest: signed.bodyDigest,
            earlierDigest: earlier, signatureValue: signed.signatureValue, wantsConfirmation: style.wantsConfirmation)
        let judged = try await judge(response, partner, menuOperation, sent)
        guard let question = judged.question else { return exchange(judged, signed.bytes, sent) }
        await ask(question)
        return exchange(try await judge(response, partner, menuOperation, sent), signed.bytes, sent)
    }

    private struct JudgedAnswer: Sendable {
        let outcome: SentExchange.Outcome
        /// The answer, taken out of its package.
        let bytes: [UInt8]
        let report: VerificationReport
        var question: OCSPQuestion?
    }

    private func exchange(_ judged: JudgedAnswer, _ request: [UInt8], _ sent: SentMessage) -> SentExchange {
        for warning in judged.report.warnings {
            logger.warning(
                "answer taken with a warning",
                metadata: ["message-id": "\(sent.messageID)", "warning": "\(warning.code)", "text": "\(warning.text)"])
        }
        return SentExchange(request: request, response: judged.bytes, outcome: judged.outcome, report: judged.report, sent: sent)
    }

    private func judge(
        _ response: OutboundResponse, _ partner: Partner, _ operation: MenuOperation, _ sent: SentMessage
    ) async throws -> JudgedAnswer {
        let (settings, now) = (settings, clock())
        let trust = partners.trust(of: partner)
        return try await pool.run {
            var report = VerificationReport(judgedAt: now)
            var bytes = response.bytes
            do throws(UntrustedAnswer) {
                bytes = try response.message(limits: settings.limits)
                let answer = try PartnerAnswer(
                    bytes, status: response.status, trust: trust, operation: operation, sent: sent,
                    policy: partner.policy ?? settings.policy,
                    limits: settings.limits, at: now, report: &report)
                return JudgedAnswer(outcome: .answered(answer), bytes: bytes, report: report)
            } catch {
                return JudgedAnswer(
                    outcome: .untrusted(error.description), bytes: bytes, report: report, question: error.question)
            }
        }
    }

    /// What the network does is told apart from what goes wrong on our side: only the former is a try.
    private func call(
        _ transport: any PartnerTransport, _ request: OutboundRequest, _ digest: Digest
    ) async throws -> OutboundResponse {
        do {
            return try await transport.post(request)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Task.isCancelled ? CancellationError() : PartnerUnreachable(reason: "\(error)", bodyDigest: digest.base64)
        }
    }

    /// WS-Addressing wants a URI that is unique for the message; one made of sender and message id is the same at each try.
    private func uuid(of messageID: String) -> String {
        var bytes = Array(Digest(of: Array("\(administration.country)\n\(administration.agency)\n\(messageID)".utf8)).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.hex
        var groups: [Substring] = []
        var rest = hex[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return "urn:uuid:" + groups.joined(separator: "-")
    }
}

/// One try of sending, whatever came of it.
public struct SentExchange: Sendable {
    public enum Outcome: Sendable {
        case answered(PartnerAnswer)
        /// Something came back that is not the partner's word.
        case untrusted(String)
    }

    public let request: [UInt8]
    public let response: [UInt8]
    public let outcome: Outcome
    public let report: VerificationReport
    let sent: SentMessage

    /// Base64 digest of the Body that was sent.
    public var bodyDigest: String { sent.bodyDigest.base64 }
}
