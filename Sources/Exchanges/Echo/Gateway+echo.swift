internal import Datasets
internal import Logging
internal import SOAP
internal import Trust
internal import WSSecurity
internal import XML

/// The self-test of a partner's toolkit: its message is judged as on the real road but for what depends on earlier messages, it is not
/// taken, and the answer tells all.
extension Gateway {
    private static let mostHeaders = 64

    /// The name of its address.
    public static let echo = "echo"

    /// - Returns: a signed EchoReport, also of a message that would be refused; a fault for what is no SOAP message.
    public func examine(_ request: InboundRequest) async -> InboundAnswer {
        do {
            return try await pool.run { await echo(request) }
        } catch {
            return await refuse(request, .overloaded())
        }
    }

    private func echo(_ packaged: InboundRequest) async -> InboundAnswer {
        let now = clock()
        do throws(RefusedRequest) {
            let request: InboundRequest
            do { request = try packaged.unpacked(limits: settings.limits) } catch {
                throw RefusedRequest(Refusal(error), packaged, at: now)
            }
            let (report, envelope) = try await examine(request, at: now)
            return await answer(report, envelope, request)
        } catch {
            return await refuse(packaged, error, at: now, signed: true)
        }
    }

    private func examine(
        _ request: InboundRequest, at now: XMLDateTime
    ) async throws(RefusedRequest) -> (report: EchoReport, envelope: (version: SOAPVersion, owner: String?)) {
        let (report, envelope, question) = try look(request, at: now)
        guard let question else { return (report, envelope) }
        // As on the real road, where only an OCSP responder is missing.
        await ask(question)
        let (judged, _, _) = try look(request, at: now)
        return (judged, envelope)
    }

    private func look(
        _ request: InboundRequest, at now: XMLDateTime
    ) throws(RefusedRequest) -> (EchoReport, (version: SOAPVersion, owner: String?), OCSPQuestion?) {
        let envelope: Envelope
        do {
            envelope = try Envelope(reading: XMLDocument(parsing: request.bytes, limits: settings.limits))
        } catch let error as XMLError {
            throw RefusedRequest(Refusal(error), request, at: now)
        } catch let error as SOAPError {
            throw RefusedRequest(Refusal(error), request, at: now)
        } catch {
            throw RefusedRequest(.internalError(error), request, at: now)
        }
        var verification = VerificationReport(judgedAt: now)
        let verifier = EnvelopeVerifier(trust: partners.trust, policies: partners.policies(settings.policy))
        var question: OCSPQuestion?
        var verified: Verified<Envelope>?
        do { verified = try verifier.verify(envelope, at: now, report: &verification) } catch {
            if case .trust(.responderNotAsked(let open)) = error { question = open }
        }
        var report = EchoReport(verdict: verdict(request, verified, at: now), report: verification, now: now)
        report.findings = BasicSecurityProfile(judging: envelope).findings
        report.unsigned = envelope.headers.prefix(Gateway.mostHeaders).filter { header in
            !header.has(XMLName(SecurityNamespace.extension1, "Security")) && (verified.map { !$0.covers(header) } ?? false)
        }.map(\.path)
        if verified == nil, request.bytes.count <= Gateway.largestExplained, echoExplanations.allows(at: now) {
            report.diagnosis = Diagnosis.of(envelope, trust: partners.trust, at: now, effort: .quick)
        }
        return (report, (envelope.version, verified?.signer.owner), question)
    }

    /// What the operation that the signed Body is for would say.
    private func verdict(_ request: InboundRequest, _ verified: Verified<Envelope>?, at now: XMLDateTime) -> EchoReport.Verdict {
        let operation = verified?.content.flatMap { content in
            verified.flatMap { partners[$0.signer.owner] }.flatMap { self.operation(of: content, $0) }
        }
        let aimed = InboundRequest(
            bytes: request.bytes, operation: operation ?? Operation.sendCO.rawValue, mediaVersion: request.mediaVersion,
            action: request.action, peer: request.peer, clientCertificate: request.clientCertificate, correlationID: request.correlationID)
        var reader = reader
        reader.alias = settings.publicURL + "/" + Gateway.echo
        do {
            let message = try reader.read(aimed, at: now)
            if case .failure(let refused) = accepted(message) { return .refused(refused.refusal) }
            return .accepted(operation: message.operation.rawValue)
        } catch {
            return .refused(error.refusal)
        }
    }

    private func operation(of content: XMLElement, _ partner: Partner) -> String? {
        [catalog(of: partner), catalog].lazy.compactMap { catalog in
            catalog.menu.operations.first { content.has($0.request.xml) }?.name
        }.first
    }

    private func answer(
        _ report: EchoReport, _ envelope: (version: SOAPVersion, owner: String?), _ request: InboundRequest
    ) async -> InboundAnswer {
        let style = envelope.owner.flatMap { partners[$0]?.answers }
        var verdict = "accepted"
        if case .refused(let refusal) = report.verdict { verdict = "refused: \(refusal.code)" }
        logger.info(
            "message examined",
            metadata: [
                "correlation": "\(request.correlationID)", "peer": "\(request.peer)", "partner": "\(envelope.owner ?? "unknown")",
                "verdict": "\(verdict)",
            ])
        let outgoing = OutgoingEnvelope(version: envelope.version, content: report.xml, form: .free)
        guard style != nil || strangers.allows(at: report.now) else {
            return InboundAnswer(.examined, outgoing.unsigned, version: envelope.version, style: style)
        }
        let signed: [UInt8]
        do { signed = try await sign(outgoing, style, confirming: nil, at: report.now) } catch {
            logger.error("the report could not be signed", metadata: ["error": "\(error)"])
            signed = outgoing.unsigned
        }
        return InboundAnswer(.examined, signed, version: envelope.version, style: style)
    }
}
