internal import Logging
internal import SOAP
internal import Stores
internal import WSSecurity
internal import XML
internal import XMLSignature

/// The one place where a refusal becomes a fault, a line in the log and an entry in the store.
extension Gateway {
    /// Refuses before the message was looked at, for reasons that the listener sees: still a fault, still logged.
    public func refuse(_ request: InboundRequest, _ refusal: Refusal) async -> InboundAnswer {
        let refused = RefusedRequest(refusal, request, at: clock())
        do {
            return try await pool.run { await refuse(request, refused, at: clock(), signed: true) }
        } catch {
            return await refuse(request, refused, at: clock(), signed: false)
        }
    }

    /// - Parameter signed: `false` where there is no time for a signature.
    func refuse(_ request: InboundRequest, _ refused: RefusedRequest, at now: XMLDateTime, signed: Bool) async -> InboundAnswer {
        let refusal = refused.refusal
        count(.inbound, request.operation, refused.partner?.name, "refused")
        countRefusal(refusal.rule.number)
        logger.log(
            level: refusal.blame == .receiver ? .error : .warning, "message refused",
            metadata: [
                "correlation": "\(request.correlationID)", "code": "\(refusal.code)", "rule": "\(refusal.rule.number)",
                "operation": "\(request.operation.onOneLine(atMost: 60))",
                "peer": "\(request.peer)", "partner": "\(refused.partner?.name ?? "unknown")", "claimed-signer": "\(refused.claimedSigner)",
                "diagnosis": "\(refusal.diagnosis)",
            ])
        let fault = refusal.fault(refused.version, menu: menu, correlationID: request.correlationID, now: now)
        let bytes = await answer(fault, refused, at: now, signed: signed)
        await keep(request, refused, response: bytes, at: now)
        if signed { explainLater(request, refusal, at: now) }
        return InboundAnswer(.refused(code: refusal.code), bytes, version: refused.version, style: refused.partner?.answers)
    }

    /// In the words of `coconect-soap explain`, where a signature does not hold: what was done to the message on its way, as far as it
    /// is one of the things that happen. Nobody waits for it, and it is done for few messages, and small ones.
    private func explainLater(_ request: InboundRequest, _ refusal: Refusal, at now: XMLDateTime) {
        guard [Rule.signatureWrong, .digestWrong].contains(refusal.rule), request.bytes.count <= Gateway.largestExplained,
            explanations.allows(at: now)
        else { return }
        Task { try? await pool.run { explain(request, at: now) } }
    }

    private func explain(_ request: InboundRequest, at now: XMLDateTime) {
        guard let document = try? XMLDocument(parsing: request.bytes, limits: settings.limits),
            let envelope = try? Envelope(reading: document),
            let diagnosis = Diagnosis.of(envelope, trust: partners.trust, at: now, effort: .quick)
        else { return }
        logger.warning(
            "why its signature does not hold",
            metadata: [
                "correlation": "\(request.correlationID)", "cause": "\(diagnosis.cause?.rawValue ?? "unknown")",
                "text": "\(diagnosis.text)",
            ])
    }

    static let largestExplained = 64 * 1024

    /// Faults are signed, because toolkits hide an unsigned one; for a flood of strangers the signature is saved.
    private func answer(_ fault: [UInt8], _ refused: RefusedRequest, at now: XMLDateTime, signed: Bool) async -> [UInt8] {
        let envelope = OutgoingEnvelope(
            version: refused.version,
            addressing: refused.relatesTo.map {
                OutgoingEnvelope.answerAddressing(action: menu.action(of: menu.message("Refusal")), relatesTo: $0)
            } ?? [], content: fault, form: .free)
        let style = refused.partner?.answers
        guard signed, style?.faults != .unsigned, style != nil || strangers.allows(at: now) else { return envelope.unsigned }
        do {
            return try await sign(envelope, style, confirming: refused.signatureValue, at: now)
        } catch {
            logger.error("fault could not be signed", metadata: ["error": "\(error)"])
            return envelope.unsigned
        }
    }

    /// A partner's refused message is kept whole; of a stranger's only what tells that it came. A flood leaves only its log, and so
    /// does an error of our own: it is the store, most of the time, and the message comes again.
    private func keep(_ request: InboundRequest, _ refused: RefusedRequest, response: [UInt8], at now: XMLDateTime) async {
        do {
            guard notes.allows(at: now), refused.refusal.rule != .internalError else { return }
            guard let partner = refused.partner else {
                let note = RefusalNote(
                    at: now.text, code: refused.refusal.code, correlationID: request.correlationID, peer: request.peer,
                    digest: Digest(of: request.bytes).hex)
                return try await store.write { try $0.noteRefusal(note) }
            }
            let message = NewMessage(
                id: LocalID.make(), direction: .inbound, partner: partner.name, operation: request.operation, messageID: "",
                contentDigest: "", certificateNumber: nil, state: .refused, correlationID: request.correlationID,
                receivedAt: now.text, signer: refused.report.signer?.fingerprint, detail: "\(refused.refusal)",
                contents: [.request: request.bytes, .response: response, .verification: refused.report.json])
            _ = try await store.write { try $0.insert(message) }
        } catch {
            logger.error("refusal could not be noted", metadata: ["correlation": "\(request.correlationID)", "error": "\(error)"])
        }
    }
}

extension RefusedRequest {
    /// Whose certificate the message named, whether or not its signature held.
    fileprivate var claimedSigner: String { report.signer.map { "\($0.partner) \($0.fingerprint)" } ?? "none" }
}

extension Gateway {
    /// A request that is no SOAP message at all leaves a line in the log.
    public func noteUnreadable(correlationID: String, peer: String, reason: String) {
        logger.warning(
            "request not read", metadata: ["correlation": "\(correlationID)", "peer": "\(peer)", "diagnosis": "\(reason)"])
    }
}

extension Gateway {
    /// What keeps the gateway from signing now, such as a token that was taken out; asked on the pool, for a token may block.
    public func signingProblem() async -> String? {
        let signer = identity.signer
        do { return try await pool.run { signer.problem() } } catch { return nil }
    }
}
