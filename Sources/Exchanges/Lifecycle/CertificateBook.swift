internal import Stores
internal import XML

/// The thin shell around the states: facts in, records out, inside the transaction that is under way.
struct CertificateBook {
    let transaction: any StoreTransaction
    let now: XMLDateTime
    private let said = Said()

    /// - Parameters:
    ///   - transaction: of one message.
    ///   - now: when it is recorded.
    init(transaction: any StoreTransaction, now: XMLDateTime) {
        self.transaction = transaction
        self.now = now
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
    func record(_ fact: CertificateFact, by message: Int64, in certificate: CertificateRecord) throws {
        said.insert(certificate.key.number)
        if isKnown(fact, in: certificate) { return try transaction.addFact(fact.text, of: certificate.sequence, by: message) }
        let before = try facts(of: certificate)
        let after = before.contains(fact) ? before : before + [fact]
        let (earlier, life) = (CertificateLife(before), CertificateLife(after))
        let treatment = TreatmentLife(after)
        try transaction.addFact(fact.text, of: certificate.sequence, by: message)
        guard life != earlier || treatment != TreatmentLife(before) else { return }
        var changed = certificate
        changed.adopt(life, treatment)
        changed.updatedAt = now.text
        try transaction.update(changed)
        try issue(life.replacementsAgreed.subtracting(earlier.replacementsAgreed), after, by: message, in: certificate)
    }

    /// Records what issues a certificate. Most often it is the first that is heard of it: then there is nothing to be looked up.
    ///
    /// - Returns: the position of the certificate, and the place of the message among those about it.
    func recordIssue(_ fact: CertificateFact, by message: Int64, of key: CertificateKey) throws -> (certificate: Int64, place: Int64) {
        var opened = CertificateRecord(of: key, at: now.text)
        opened.adopt(CertificateLife([fact]), TreatmentLife([fact]))
        if let position = try transaction.insert(opened) {
            said.insert(key.number)
            try transaction.addFact(fact.text, of: position, by: message)
            return (position, NewWork.place(of: message))
        }
        let certificate = try transaction.lockCertificate(key, at: now.text)
        // The message has its position from before the lock: one with a later position may be under way already.
        let last = try transaction.lastPlace(.inbound, lane: certificate.sequence)
        let place = max(NewWork.place(of: message), last.map { $0 + 1 } ?? 0)
        try record(fact, by: message, in: certificate)
        if key.side == .inbound, certificate.state == CertificateLife.State.none.name { try release(certificate, behind: place) }
        return (certificate.sequence, place)
    }

    /// What came before its certificate goes on, behind it and in its own order.
    private func release(_ certificate: CertificateRecord, behind place: Int64) throws {
        for (index, waiting) in try transaction.awaiting(.inbound, lane: certificate.sequence).enumerated() {
            try transaction.update(waiting, MessageChange(.accepted, detail: "its certificate has come"), at: now.text)
            try transaction.endWaiting(waiting, place: place + Int64(index) + 1, due: now.text)
        }
    }

    /// The same edition issued once more says nothing new: the states need not be made anew of all facts.
    private func isKnown(_ fact: CertificateFact, in certificate: CertificateRecord) -> Bool {
        guard case .issued(let edition, _) = fact, certificate.state != CertificateLife.State.none.name else { return false }
        return edition == CertificateFact.Edition(version: certificate.version, validUntil: certificate.validUntil)
    }

    /// New certificates hold once old ones are given up for them, whether or not they come by a send-co of their own.
    ///
    /// - Parameter notifications: message ids of those that carry the new certificates.
    private func issue(_ notifications: Set<String>, _ facts: [CertificateFact], by message: Int64, in old: CertificateRecord) throws {
        var issues: [String: CertificateFact] = [:]
        for case .replacementNotified(let number, let edition, let notification, _) in facts where notifications.contains(notification) {
            let fact = CertificateFact.issued(edition, message: notification)
            issues[number] = issues[number].map { CertificateLife([$0, fact]) == CertificateLife([$0]) ? $0 : fact } ?? fact
        }
        // A message gives one fact to a certificate.
        for (number, fact) in issues.sorted(by: { $0.key < $1.key }) where !said.contains(number) {
            _ = try recordIssue(fact, by: message, of: CertificateKey(partner: old.key.partner, side: old.key.side, number: number))
        }
    }

    /// The certificates of which one message has said something.
    private final class Said {
        private var numbers: Set<String> = []

        func contains(_ number: String) -> Bool { numbers.contains(number) }
        func insert(_ number: String) { numbers.insert(number) }
    }
}
