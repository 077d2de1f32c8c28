internal import Datasets
internal import Logging
internal import SOAP
internal import Stores
internal import WSSecurity
internal import XML
internal import XMLSignature

/// The inbound road.
extension Gateway {
    /// One request, on the pool; where too much waits already it is refused without having been looked at.
    public func receive(_ request: InboundRequest) async -> InboundAnswer {
        do {
            return try await pool.run { await unpack(request) }
        } catch {
            return await refuse(request, RefusedRequest(.overloaded(), request, at: clock()), at: clock(), signed: false)
        }
    }

    /// A message that comes with its attachments as parts is put together first.
    private func unpack(_ request: InboundRequest) async -> InboundAnswer {
        do throws(XOPError) {
            return await exchange(try request.unpacked(limits: settings.limits))
        } catch {
            let now = clock()
            return await refuse(request, RefusedRequest(Refusal(error), request, at: now), at: now, signed: true)
        }
    }

    /// bytes → verified → dataset → signed receipt, claimed and stored in one transaction before it is sent; or one refusal,
    /// turned into a signed fault in one place.
    private func exchange(_ request: InboundRequest) async -> InboundAnswer {
        let now = clock()
        var known: InboundMessage?
        do {
            let message = try await timed(.read) { try await read(request, at: now) }
            known = message
            let dataset: Dataset
            switch accepted(message) {
            case .success(let accepted): dataset = accepted
            case .failure(let refused): return try await answerAgain(message, try await self.known(message, or: refused), at: now)
            }
            let receipt = Receipt(messageID: message.messageID, receivedAt: now.text, bodyDigest: message.bodyDigest.base64)
            let response = try await timed(.sign) { try await sign(receipt, for: message, at: now) }
            let record = record(message, dataset, request, response, at: now)
            switch try await timed(.store, { try await self.record(record, dataset, message, at: now) }) {
            case .taken(let earlier): return try await answerAgain(message, earlier, at: now)
            case .unknownCertificate(let number): throw refused(message, .certificateUnknown(number))
            case .added: bell.ring(.inbound)
            case .held(let until):
                logger.info(
                    "message held until its certificate comes",
                    metadata: metadata(request, message).merging(["until": "\(until.text)"]) { _, new in new })
            }
            for warning in message.report.warnings {
                logger.warning(
                    "message accepted with a warning",
                    metadata: metadata(request, message).merging(["warning": "\(warning.code)", "text": "\(warning.text)"]) { _, new in new
                    })
            }
            count(.inbound, message.operation.rawValue, message.partner.name, "accepted")
            logger.info("message accepted", metadata: metadata(request, message).merging(["id": "\(record.id)"]) { _, new in new })
            return InboundAnswer(.accepted(id: record.id), response, version: message.version, style: message.partner.answers)
        } catch let refused as RefusedRequest {
            return await refuse(request, refused, at: now, signed: true)
        } catch {
            let refusal = Refusal.internalError(error)
            let refused = known.map { self.refused($0, refusal) } ?? RefusedRequest(refusal, request, at: now)
            return await refuse(request, refused, at: now, signed: true)
        }
    }

    /// Where only an OCSP responder is missing, it is asked, and the message judged once more.
    private func read(_ request: InboundRequest, at now: XMLDateTime) async throws -> InboundMessage {
        let reader = reader
        do {
            return try reader.read(request, at: now)
        } catch let refused {
            guard let question = refused.question else { throw refused }
            await ask(question)
            return try reader.read(request, at: now)
        }
    }

    /// The dataset, where it is valid, its sender is the signer's partner and its receiver is us.
    func accepted(_ message: InboundMessage) -> Result<Dataset, RefusedRequest> {
        func refused(_ refusal: Refusal) -> Result<Dataset, RefusedRequest> { .failure(self.refused(message, refusal)) }
        switch message.dataset {
        case .failure(let error): return refused(Refusal(error))
        case .success(let dataset):
            let (sender, receiver) = (Administration(dataset, "sender"), Administration(dataset, "receiver"))
            guard sender == message.partner.administration else {
                return refused(.wrongParty("sender", got: sender, expected: message.partner.administration))
            }
            guard receiver == administration else { return refused(.wrongParty("receiver", got: receiver, expected: administration)) }
            if let granted = message.partner.grants.agreements {
                let agreement = dataset.text("agreementCode") ?? "(none)"
                guard granted.contains(agreement) else { return refused(.agreementNotGranted(agreement, to: message.partner.name)) }
            }
            return .success(dataset)
        }
    }

    private func refused(_ message: InboundMessage, _ refusal: Refusal) -> RefusedRequest {
        RefusedRequest(
            refusal: refusal, version: message.version, partner: message.partner, report: message.report,
            relatesTo: message.signedMessageID, signatureValue: message.signatureValue)
    }

    /// An id that is known already is told so before the content under it is judged; only a new message is refused for that.
    private func known(_ message: InboundMessage, or refused: RefusedRequest) async throws -> StoredMessage {
        let (partner, messageID) = (message.partner.name, message.messageID)
        guard let earlier = try await store.read({ try $0.holder(.inbound, partner: partner, messageID: messageID) }) else { throw refused }
        return earlier
    }

    /// The same id with the same content is answered with the same Receipt values, freshly signed, and processed once.
    private func answerAgain(_ message: InboundMessage, _ earlier: StoredMessage, at now: XMLDateTime) async throws -> InboundAnswer {
        guard earlier.contentDigest == message.contentDigest.hex else {
            throw refused(message, .messageIDReused(message.messageID))
        }
        let receipt = Receipt(messageID: earlier.messageID, receivedAt: earlier.receivedAt, bodyDigest: earlier.bodyDigest ?? "")
        let response = try await sign(receipt, for: message, at: now)
        try await store.write(.here) {
            try $0.note(earlier.sequence, earlier.state, "repeated by its sender and answered again", at: now.text)
        }
        count(.inbound, message.operation.rawValue, message.partner.name, "repeated")
        logger.info("message repeated, answered again", metadata: ["id": "\(earlier.id)", "partner": "\(message.partner.name)"])
        return InboundAnswer(.repeated(id: earlier.id), response, version: message.version, style: message.partner.answers)
    }

    private func sign(_ receipt: Receipt, for message: InboundMessage, at now: XMLDateTime) async throws -> [UInt8] {
        let menu = message.catalog.menu
        guard let operation = menu.operation(message.operation) else {
            preconditionFailure("a routed message has an operation of the menu")
        }
        let answer = OutgoingEnvelope(
            version: message.version,
            addressing: message.signedMessageID.map {
                OutgoingEnvelope.answerAddressing(action: menu.action(of: operation.response), relatesTo: $0)
            } ?? [], content: receipt.xml(operation.response), form: .canonical)
        let style = message.partner.answers
        return style.receipts == .signed ? try await sign(answer, style, confirming: message.signatureValue, at: now) : answer.unsigned
    }

    /// - Parameters:
    ///   - style: the partner's; `nil` for a stranger.
    ///   - signature: of the request that this answers, where it was found good.
    func sign(
        _ envelope: OutgoingEnvelope, _ style: AnswerStyle?, confirming signature: [UInt8]?, at now: XMLDateTime
    ) async throws -> [UInt8] {
        let style = style ?? AnswerStyle()
        let identity = identities.current(at: now)
        let confirmed = style.confirmsSignature ? signature.map { [$0] } : nil
        return try await identity.finish(
            EnvelopeDraft(envelope, identity: identity, style: style.signing, created: now, confirming: confirmed)
        ).bytes
    }

    private func record(
        _ message: InboundMessage, _ dataset: Dataset, _ request: InboundRequest, _ response: [UInt8], at now: XMLDateTime
    ) -> NewMessage {
        NewMessage(
            id: LocalID.make(), direction: .inbound, partner: message.partner.name, operation: message.operation.rawValue,
            messageID: message.messageID, contentDigest: message.contentDigest.hex, certificateNumber: dataset.text("id"),
            state: .accepted, correlationID: request.correlationID, receivedAt: now.text, signer: message.signer.hex,
            bodyDigest: message.bodyDigest.base64,
            contents: [
                .request: request.bytes, .response: response, .dataset: dataset.json(), .verification: message.report.json,
            ])
    }

    private func metadata(_ request: InboundRequest, _ message: InboundMessage) -> Logger.Metadata {
        [
            "correlation": "\(request.correlationID)", "partner": "\(message.partner.name)",
            "operation": "\(message.operation.rawValue)", "message-id": "\(message.messageID)",
        ]
    }
}

extension RefusedRequest {
    init(_ refusal: Refusal, _ request: InboundRequest, at now: XMLDateTime) {
        self.init(refusal: refusal, version: request.mediaVersion, partner: nil, report: VerificationReport(judgedAt: now))
    }
}
