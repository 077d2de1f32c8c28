internal import Datasets
internal import Stores
internal import XML

/// What came of recording an inbound message.
enum Recorded: Sendable {
    case added
    /// An amendment that came before its certificate.
    case held(until: XMLDateTime)
    /// The id belongs to an earlier message already; nothing was written.
    case taken(by: StoredMessage)
    /// Feedback or cancelation status for a certificate that was never sent; nothing was written.
    case unknownCertificate(String)
}

extension Gateway {
    /// Claims the id, keeps the message, moves its certificate's states on and queues its delivery, all in one transaction.
    func record(_ message: NewMessage, _ dataset: Dataset, _ inbound: InboundMessage, at now: XMLDateTime) async throws -> Recorded {
        guard let statement = CertificateStatement(dataset, inbound.operation) else {
            preconditionFailure("a valid dataset says what its operation is about")
        }
        let key = statement.key(.inbound, partner: message.partner)
        let until = now.adding(seconds: Int64(holdHours(statement.agreement)) * 3600)
        return try await store.write(.here) { transaction in
            if key.side == .outbound, try !CertificateBook(transaction: transaction, now: now).isSent(key) {
                let earlier = try transaction.holder(.inbound, partner: message.partner, messageID: message.messageID)
                return earlier.map { .taken(by: $0) } ?? .unknownCertificate(key.number)
            }
            let certificate = try transaction.lockCertificate(key, at: now.text)
            let isEarly = statement.operation == .sendAmendmentNotification && certificate.state == CertificateLife.State.none.name
            var message = message
            if isEarly { message.state = .held }
            guard let sequence = try transaction.insert(message) else {
                guard let earlier = try transaction.holder(.inbound, partner: message.partner, messageID: message.messageID) else {
                    throw StoreError("the message that claimed \(message.messageID) is gone")
                }
                return .taken(by: earlier)
            }
            try transaction.queue(
                NewWork(
                    message: sequence, direction: .inbound, lane: certificate.sequence, due: isEarly ? until.text : now.text,
                    isAwaiting: isEarly))
            let book = CertificateBook(transaction: transaction, now: now)
            _ = try book.record(statement.fact, by: sequence, in: certificate)
            guard !isEarly else { return .held(until: until) }
            if statement.operation == .sendCO { try release(certificate, behind: sequence, transaction, at: now) }
            return .added
        }
    }

    /// What came before its certificate goes on, behind it and in its own order.
    private func release(
        _ certificate: CertificateRecord, behind sequence: Int64, _ transaction: any StoreTransaction, at now: XMLDateTime
    ) throws {
        for (index, waiting) in try transaction.awaiting(.inbound, lane: certificate.sequence).enumerated() {
            try transaction.update(waiting, MessageChange(.accepted, detail: "its certificate has come"), at: now.text)
            try transaction.endWaiting(waiting, place: NewWork.place(of: sequence, behind: index + 1), due: now.text)
        }
    }

    private func holdHours(_ agreement: String?) -> Int {
        agreement.flatMap { catalog.agreements[$0]?.agreement?.procedures.holdHours } ?? Gateway.standardHoldHours
    }

    /// Where the message names no agreement that says how long.
    private static let standardHoldHours = 24
}
