extension MemoryTransaction {
    func positions(_ selection: ArchiveSelection, after position: Int64, limit: Int) -> [Int64] {
        let found = records.messages.values.filter { $0.stored.sequence > position && isSelected($0.stored, selection) }
        return Array(found.map(\.stored.sequence).sorted().prefix(limit))
    }

    private func isSelected(_ message: StoredMessage, _ selection: ArchiveSelection) -> Bool {
        guard case .finished(let from, let to) = selection else { return true }
        guard message.sequence < records.lastMessage else { return false }
        guard !records.unsealed.values.contains(where: { $0.kind == .event && $0.subject <= message.sequence }) else { return false }
        return message.state.isFinal && message.receivedAt >= from && message.receivedAt < to && records.work[message.sequence] == nil
    }

    func size(_ selection: ArchiveSelection) -> Int { records.messages.values.count { isSelected($0.stored, selection) } }

    func oldest() -> String? { records.messages.values.map(\.stored.receivedAt).min() }

    func certificatePositions(_ selection: ArchiveSelection, after position: Int64, limit: Int) -> [Int64] {
        let found = records.certificates.values.filter { $0.sequence > position && isSelected($0, selection) }
        return Array(found.map(\.sequence).sorted().prefix(limit))
    }

    private func isSelected(_ certificate: CertificateRecord, _ selection: ArchiveSelection) -> Bool {
        guard case .finished(_, let to) = selection else { return true }
        let isOver = certificate.updatedAt < to && certificate.validUntil.map { $0 < to } ?? true
        let isNamed = records.messages.values.contains {
            $0.stored.certificateNumber == certificate.key.number && $0.stored.partner == certificate.key.partner
        }
        guard certificate.sequence < records.lastCertificate else { return false }
        guard !records.unsealed.values.contains(where: { $0.kind == .fact && $0.subject == certificate.sequence }) else { return false }
        return isOver && !isNamed && !records.work.values.contains { $0.work.lane == certificate.sequence }
    }

    func archived(message position: Int64) -> ArchivedMessage? {
        guard let message = records.messages[position] else { return nil }
        let work = records.work[position]?.work
        return ArchivedMessage(
            message: message.stored, contents: message.contents, events: message.events,
            work: work.map {
                ArchivedWork(direction: $0.direction, lane: $0.lane, place: $0.place, due: $0.due, isAwaiting: $0.isAwaiting)
            })
    }

    func archived(certificate position: Int64) -> ArchivedCertificate? {
        guard let certificate = records.certificates[position] else { return nil }
        let facts = (records.facts[position] ?? [:]).sorted { $0.key < $1.key }
        return ArchivedCertificate(certificate: certificate, facts: facts.map { ArchivedFact(message: $0.key, fact: $0.value) })
    }

    func restore(_ archived: ArchivedMessage) {
        let message = archived.message
        set(\.messages[message.sequence], MemoryMessage(stored: message, contents: archived.contents, events: archived.events))
        set(\.positions[message.id], message.sequence)
        if message.state != .refused { set(\.claims[claim(of: message)], message.sequence) }
        guard let work = archived.work else { return }
        queue(
            NewWork(
                message: message.sequence, direction: work.direction, lane: work.lane, due: work.due, isAwaiting: work.isAwaiting,
                place: work.place))
    }

    func restore(_ archived: ArchivedCertificate) {
        let certificate = archived.certificate
        set(\.certificates[certificate.sequence], certificate)
        set(\.certificatePositions[certificate.key], certificate.sequence)
        set(\.facts[certificate.sequence], Dictionary(archived.facts.map { ($0.message, $0.fact) }, uniquingKeysWith: { one, _ in one }))
    }

    func endRestore() {
        set(\.lastMessage, records.messages.keys.max() ?? 0)
        set(\.lastCertificate, records.certificates.keys.max() ?? 0)
    }

    func remove(message position: Int64) {
        guard let message = records.messages[position]?.stored else { return }
        set(\.messages[position], nil)
        set(\.positions[message.id], nil)
        if message.state != .refused { set(\.claims[claim(of: message)], nil) }
    }

    func remove(certificate position: Int64) {
        guard let certificate = records.certificates[position] else { return }
        set(\.certificates[position], nil)
        set(\.certificatePositions[certificate.key], nil)
        set(\.facts[position], nil)
    }

    func endRemoval(before moment: String) {}

    private func claim(of message: StoredMessage) -> MemoryRecords.Claim {
        .init(direction: message.direction, partner: message.partner, messageID: message.messageID)
    }
}
