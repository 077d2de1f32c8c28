internal import Datasets
internal import Stores
internal import XML

/// What a message is about and says about it, as far as the gateway itself reasons.
struct CertificateStatement: Sendable {
    let operation: Operation
    let number: String
    let agreement: String?
    let fact: CertificateFact

    /// - Parameter dataset: a valid one of the operation.
    init?(_ dataset: Dataset, _ operation: Operation) {
        guard let number = dataset.text("id"), let message = dataset.text("functionalReferenceId") else { return nil }
        self.operation = operation
        self.number = number
        agreement = dataset.text("agreementCode")
        switch operation {
        case .sendCO: fact = .issued(CertificateFact.Edition(dataset.root), message: message)
        case .sendAmendmentNotification:
            guard let amendment = dataset.root.record("amendment"), let at = amendment.moment else { return nil }
            let certificate = amendment.record("certificate")
            switch amendment.text("kind") {
            case "1": fact = .cancelationNotified(message: message, at: at)
            case "4": fact = .corrected(CertificateFact.Edition(certificate ?? dataset.root), message: message, at: at)
            case "5":
                guard let certificate, let other = certificate.text("id") else { return nil }
                fact = .replacementNotified(by: other, CertificateFact.Edition(certificate), message: message, at: at)
            default: return nil
            }
        case .sendCancelationStatus:
            guard let status = dataset.root.record("cancelation"), let at = status.moment else { return nil }
            fact = .answered(
                CancelationAnswer(
                    isCanceled: status.text("statusCode") == "CANCELED", reason: status.text("reasonCode"),
                    respondsTo: status.text("respondsTo"), message: message, at: at))
        case .sendFeedback:
            guard let feedback = dataset.root.record("feedback"), let at = feedback.moment else { return nil }
            let items = feedback.records("items").map { item in
                TreatmentDecision.Item(
                    sequence: item.text("sequence").flatMap { Int($0) },
                    treatment: item.text("treatment").flatMap(Treatment.init) ?? .none)
            }
            fact = .treated(TreatmentDecision(message: message, at: at, items: items))
        }
    }

    /// The certificate that it is about.
    func key(_ direction: Direction, partner: String) -> CertificateKey {
        CertificateKey(partner: partner, side: operation.certificateSide(direction), number: number)
    }
}

extension Operation {
    /// Which way the certificate went that a message of this operation is about.
    func certificateSide(_ direction: Direction) -> Direction {
        provider == .inboundGateway ? direction : (direction == .inbound ? .outbound : .inbound)
    }
}

extension CertificateFact.Edition {
    fileprivate init(_ certificate: DatasetRecord) {
        self.init(version: certificate.text("versionId"), validUntil: certificate.record("validity")?.text("to"))
    }
}

extension DatasetRecord {
    /// To the millisecond, as it is kept.
    fileprivate var moment: XMLDateTime? { text("dateTime").flatMap { XMLDateTime($0) }.flatMap { XMLDateTime($0.text) } }
}
