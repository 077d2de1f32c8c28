internal import Datasets
internal import Logging
public import Stores
internal import XML
internal import XMLSignature

/// Taking over what the JSON gateway hands in, and taking up what was parked.
extension Gateway {
    /// In our own words always: the same message stays the same when a partner's names change.
    private func contentDigest(
        _ json: [UInt8], _ dataset: Dataset, _ operation: Operation, _ partner: Partner
    ) throws(SubmissionError) -> String {
        guard partner.catalog != nil, let own = catalog.operation(operation) else { return Digest(of: dataset.xml).hex }
        do {
            return Digest(of: try catalog.dataset(json: json, as: own.request.xml.local).xml).hex
        } catch {
            throw .dataset(error.problems)
        }
    }

    func queue(
        _ dataset: Dataset, _ operation: Operation, _ partner: Partner, _ correlationID: String
    ) async throws(SubmissionError) -> Submission {
        guard let statement = CertificateStatement(dataset, operation) else {
            throw .dataset([DatasetProblem(.rule, at: "", "the dataset does not say what \(operation.rawValue) is about")])
        }
        let now = clock()
        let json = dataset.json()
        let message = NewMessage(
            id: LocalID.make(), direction: .outbound, partner: partner.name, operation: operation.rawValue,
            messageID: dataset.text("functionalReferenceId") ?? "", contentDigest: try contentDigest(json, dataset, operation, partner),
            certificateNumber: statement.number, state: .queued, correlationID: correlationID, receivedAt: now.text,
            contents: [.dataset: json])
        let queued: Queued
        do {
            queued = try await store.write(.here) { try queue(message, statement, $0, at: now) }
        } catch {
            logger.error("message could not be stored", metadata: ["error": "\(error)"])
            throw .storeFailed
        }
        switch queued {
        case .refused(let error): throw error
        case .taken(let earlier):
            guard earlier.contentDigest == message.contentDigest else { throw .messageIDReused(message.messageID) }
            return earlier.state == .parked ? .queued(try await resumed(earlier)) : .known(earlier)
        case .added(let stored):
            bell.ring(.outbound)
            logger.info(
                "message queued", metadata: ["id": "\(stored.id)", "partner": "\(partner.name)", "message-id": "\(stored.messageID)"])
            return .queued(stored)
        }
    }

    private enum Queued: Sendable {
        case added(StoredMessage)
        case taken(by: StoredMessage)
        case refused(SubmissionError)
    }

    private func queue(
        _ message: NewMessage, _ statement: CertificateStatement, _ transaction: any StoreTransaction, at now: XMLDateTime
    ) throws -> Queued {
        func earlier() throws -> StoredMessage? {
            try transaction.holder(.outbound, partner: message.partner, messageID: message.messageID)
        }
        let key = statement.key(.outbound, partner: message.partner)
        // Nothing more is decided or received on it meanwhile.
        if key.side == .inbound, try transaction.certificate(key) != nil { _ = try transaction.lockCertificate(key, at: now.text) }
        if key.side == .inbound, let problem = try problem(statement, key, transaction, at: now) {
            return try earlier().map { .taken(by: $0) } ?? .refused(problem)
        }
        let certificate = try transaction.lockCertificate(key, at: now.text)
        let insertion = try transaction.insert(message)
        if case .added(let sequence) = insertion {
            try transaction.queue(NewWork(message: sequence, direction: .outbound, lane: certificate.sequence, due: now.text))
        }
        guard let stored = try earlier() else { throw StoreError("the message that claimed \(message.messageID) is gone") }
        return insertion == .taken ? .taken(by: stored) : .added(stored)
    }

    /// What keeps us from deciding about a certificate: it was never received, or preference was given under it.
    private func problem(
        _ statement: CertificateStatement, _ key: CertificateKey, _ transaction: any StoreTransaction, at now: XMLDateTime
    ) throws -> SubmissionError? {
        guard let certificate = try transaction.certificate(key), certificate.state != CertificateLife.State.none.name else {
            return .certificateUnknown(key.number, partner: key.partner)
        }
        guard case .answered(let answer) = statement.fact, answer.isCanceled, answer.respondsTo != nil else { return nil }
        let treatment = try CertificateBook(transaction: transaction, now: now).decided(certificate) { message, json in
            let menuOperation = Operation(rawValue: message.operation).flatMap { menu.operation($0) }
            let dataset = try menuOperation.map { try catalog.dataset(json: json, as: $0.request.xml.local) }
            return dataset.flatMap { CertificateStatement($0, .sendFeedback) }
        }
        return treatment.isGiven ? .preferenceGiven(key.number) : nil
    }

    /// Whoever hands over a parked message again wants it sent.
    private func resumed(_ parked: StoredMessage) async throws(SubmissionError) -> StoredMessage {
        do { return try await retry(parked, because: "handed over again") } catch {
            logger.error("message could not be resumed", metadata: ["id": "\(parked.id)", "error": "\(error)"])
            throw .storeFailed
        }
    }

    /// Gives up a parked message: it stays as it is, and what waits behind it goes on.
    ///
    /// - Returns: whether it was parked.
    public func abandon(_ message: StoredMessage, because reason: String, by actor: String) async throws -> Bool {
        let now = clock().text
        let isDone = try await store.write { transaction in
            guard let current = try transaction.message(id: message.id) else { return false }
            // Done by this very call, whose answer was lost on the way from the database.
            if current.state == .abandoned, current.updatedAt == now, current.detail == reason { return true }
            guard current.state == .parked else { return false }
            try transaction.update(current.sequence, MessageChange(.abandoned, detail: reason), at: now)
            try transaction.endWork(current.sequence)
            try transaction.note(ChangeNote(at: now, actor: actor, action: "abandon", detail: "\(current.id): \(reason)"))
            return true
        }
        if isDone { logger.warning("parked message given up", metadata: ["id": "\(message.id)", "because": "\(reason)"]) }
        return isDone
    }

    /// Queues a parked message again, as if it had never been tried.
    ///
    /// - Parameter actor: who does it, where that is a person.
    /// - Returns: the message as it is now; one that is not parked is left alone.
    public func retry(_ message: StoredMessage, because reason: String, by actor: String? = nil) async throws -> StoredMessage {
        let now = clock().text
        let state: TransportState = message.direction == .outbound ? .queued : .accepted
        let changed = try await store.write { transaction in
            guard let current = try transaction.message(id: message.id), current.state == .parked else {
                return try transaction.message(id: message.id)
            }
            try transaction.update(current.sequence, MessageChange(state, detail: reason, attempts: .none), at: now)
            let operation = Operation(rawValue: current.operation) ?? .sendCO
            let key = CertificateKey(
                partner: current.partner, side: operation.certificateSide(current.direction), number: current.certificateNumber ?? "")
            let lane = try transaction.lockCertificate(key, at: now).sequence
            try transaction.queue(NewWork(message: current.sequence, direction: current.direction, lane: lane, due: now))
            if let actor { try transaction.note(ChangeNote(at: now, actor: actor, action: "retry", detail: current.id)) }
            return try transaction.message(id: message.id)
        }
        bell.ring(message.direction)
        logger.info("parked message resumed", metadata: ["id": "\(message.id)", "partner": "\(message.partner)", "because": "\(reason)"])
        return changed ?? message
    }
}
