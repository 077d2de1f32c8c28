internal import Stores
internal import XML

/// The thin shell around the states: facts in, records out, inside the transaction that is under way.
struct CertificateBook {
    let transaction: any StoreTransaction
    let now: XMLDateTime

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
    func record(_ fact: CertificateFact, by message: Int64, in certificate: CertificateRecord) throws {
        if isKnown(fact, in: certificate) { return try transaction.addFact(fact.text, of: certificate.sequence, by: message) }
        let before = try facts(of: certificate)
        let after = before.contains(fact) ? before : before + [fact]
        let (life, treatment) = (CertificateLife(after), TreatmentLife(after))
        try transaction.addFact(fact.text, of: certificate.sequence, by: message)
        guard life != CertificateLife(before) || treatment != TreatmentLife(before) else { return }
        var changed = certificate
        changed.adopt(life, treatment)
        changed.updatedAt = now.text
        try transaction.update(changed)
        if certificate.key.side == .inbound, certificate.state == CertificateLife.State.none.name, life.state != .none {
            try release(certificate, behind: message)
        }
        if case .replaced(let number) = life.state { try issue(number, after, message, in: certificate) }
    }

    /// Records what issues a certificate. Most often it is the first that is heard of it: then there is nothing to be looked up.
    ///
    /// - Returns: the position of the certificate.
    func recordIssue(_ fact: CertificateFact, by message: Int64, of key: CertificateKey) throws -> Int64 {
        var opened = CertificateRecord(of: key, at: now.text)
        opened.adopt(CertificateLife([fact]), TreatmentLife([fact]))
        if let position = try transaction.insert(opened) {
            try transaction.addFact(fact.text, of: position, by: message)
            return position
        }
        let certificate = try transaction.lockCertificate(key, at: now.text)
        try record(fact, by: message, in: certificate)
        return certificate.sequence
    }

    /// What came before its certificate goes on, behind it and in its own order.
    private func release(_ certificate: CertificateRecord, behind message: Int64) throws {
        for (index, waiting) in try transaction.awaiting(.inbound, lane: certificate.sequence).enumerated() {
            try transaction.update(waiting, MessageChange(.accepted, detail: "its certificate has come"), at: now.text)
            try transaction.endWaiting(waiting, place: NewWork.place(of: message, behind: index + 1), due: now.text)
        }
    }

    /// The same edition issued once more says nothing new: the states need not be made anew of all facts.
    private func isKnown(_ fact: CertificateFact, in certificate: CertificateRecord) -> Bool {
        guard case .issued(let edition, _) = fact, certificate.state != CertificateLife.State.none.name else { return false }
        return edition == CertificateFact.Edition(version: certificate.version, validUntil: certificate.validUntil)
    }

    /// The new certificate holds once the old one is given up for it, whether or not it comes by a send-co of its own.
    private func issue(_ number: String, _ facts: [CertificateFact], _ message: Int64, in old: CertificateRecord) throws {
        for case .replacementNotified(number, let edition, let notification, _) in facts {
            let key = CertificateKey(partner: old.key.partner, side: old.key.side, number: number)
            _ = try recordIssue(.issued(edition, message: notification), by: message, of: key)
        }
    }
}
