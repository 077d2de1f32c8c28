internal import Stores
internal import XML

/// The thin shell around the states: facts in, records out, inside the transaction that is under way.
struct CertificateBook {
    let transaction: any StoreTransaction
    let now: XMLDateTime

    /// What a fact did.
    enum Effect: Sendable {
        case nothing
        case change(CertificateLife, TreatmentLife)
    }

    /// What the importing side has decided on a certificate, what the partner has not yet acknowledged too.
    ///
    /// - Parameter read: the statement of a message of ours.
    func decided(_ certificate: CertificateRecord, read: (StoredMessage, [UInt8]) throws -> CertificateStatement?) throws -> TreatmentLife {
        let waiting = try transaction.sent(.sendFeedback, about: certificate.key).filter { [.queued, .parked].contains($0.state) }
        let facts = try waiting.compactMap { message in
            try transaction.content(.dataset, of: message.id).flatMap { try read(message, $0) }?.fact
        }
        return TreatmentLife(try self.facts(of: certificate) + facts)
    }

    func facts(of certificate: CertificateRecord) throws -> [CertificateFact] {
        try transaction.facts(of: certificate.sequence).map(CertificateFact.init(text:))
    }

    /// Records what a message says; what is known already changes nothing.
    func record(_ fact: CertificateFact, by message: Int64, in certificate: CertificateRecord) throws -> Effect {
        if let effect = try repeated(fact, by: message, in: certificate) { return effect }
        let before = try facts(of: certificate)
        let after = before.contains(fact) ? before : before + [fact]
        let (life, treatment) = (CertificateLife(after), TreatmentLife(after))
        try transaction.addFact(fact.text, of: certificate.sequence, by: message)
        guard life != CertificateLife(before) || treatment != TreatmentLife(before) else {
            return .nothing
        }
        var changed = certificate
        changed.adopt(life, treatment)
        changed.updatedAt = now.text
        try transaction.update(changed)
        if certificate.key.side == .inbound, certificate.state == CertificateLife.State.none.name, life.state != .none {
            try release(certificate, behind: message)
        }
        if case .replaced(let number) = life.state { try issue(number, after, message, in: certificate) }
        return .change(life, treatment)
    }

    /// What came before its certificate goes on, behind it and in its own order.
    private func release(_ certificate: CertificateRecord, behind message: Int64) throws {
        for (index, waiting) in try transaction.awaiting(.inbound, lane: certificate.sequence).enumerated() {
            try transaction.update(waiting, MessageChange(.accepted, detail: "its certificate has come"), at: now.text)
            try transaction.endWaiting(waiting, place: NewWork.place(of: message, behind: index + 1), due: now.text)
        }
    }

    /// The same edition issued once more says nothing new: the states need not be made anew of all facts.
    private func repeated(_ fact: CertificateFact, by message: Int64, in certificate: CertificateRecord) throws -> Effect? {
        guard case .issued(let edition, _) = fact, certificate.state != CertificateLife.State.none.name,
            edition == CertificateFact.Edition(version: certificate.version, validUntil: certificate.validUntil)
        else { return nil }
        try transaction.addFact(fact.text, of: certificate.sequence, by: message)
        return .nothing
    }

    /// The new certificate holds once the old one is given up for it, whether or not it comes by a send-co of its own.
    private func issue(_ number: String, _ facts: [CertificateFact], _ message: Int64, in old: CertificateRecord) throws {
        for case .replacementNotified(number, let edition, let notification, _) in facts {
            let key = CertificateKey(partner: old.key.partner, side: old.key.side, number: number)
            let new = try transaction.lockCertificate(key, at: now.text)
            _ = try record(.issued(edition, message: notification), by: message, in: new)
        }
    }
}
