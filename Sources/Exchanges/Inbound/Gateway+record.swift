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
        let until = now.adding(seconds: Int64(procedures(statement.agreement)?.holdHours ?? Gateway.standardHoldHours) * 3600)
        return try await store.write(.here) { transaction in
            if key.side == .outbound, try !transaction.isSent(key) {
                let earlier = try transaction.holder(.inbound, partner: message.partner, messageID: message.messageID)
                return earlier.map { .taken(by: $0) } ?? .unknownCertificate(key.number)
            }
            // What issues a certificate waits for nothing; of all else the certificate is looked at before the message is written. So
            // the same id at once as the one and as the other is a deadlock, which the database ends and the retry survives.
            let certificate = statement.operation == .sendCO ? nil : try transaction.lockCertificate(key, at: now.text)
            let isEarly = statement.operation == .sendAmendmentNotification && certificate?.state == CertificateLife.State.none.name
            var message = message
            if isEarly { message.state = .held }
            let sequence: Int64
            switch try transaction.insert(message) {
            case .added(let position): sequence = position
            case .repeated: return try transaction.message(id: message.id)?.state == .held ? .held(until: until) : .added
            case .taken:
                guard let earlier = try transaction.holder(.inbound, partner: message.partner, messageID: message.messageID) else {
                    throw StoreError("the message that claimed \(message.messageID) is gone")
                }
                return .taken(by: earlier)
            }
            let book = CertificateBook(transaction: transaction, now: now)
            let lane: Int64
            var place: Int64?
            if let certificate {
                try book.record(statement.fact, by: sequence, in: certificate)
                lane = certificate.sequence
            } else {
                (lane, place) = try book.recordIssue(statement.fact, by: sequence, of: key)
            }
            try transaction.queue(
                NewWork(
                    message: sequence, direction: .inbound, lane: lane, due: isEarly ? until.text : now.text, isAwaiting: isEarly,
                    isTold: settings.delivery == .push, place: place))
            return isEarly ? .held(until: until) : .added
        }
    }

    /// What an agreement says of procedures; `nil` where a message names none.
    func procedures(_ agreement: String?) -> Agreement.Procedures? { agreement.flatMap { catalog.agreements[$0]?.agreement?.procedures } }

    /// Where the message names no agreement that says how long.
    private static let standardHoldHours = 24
}
