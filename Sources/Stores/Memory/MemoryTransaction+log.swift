internal import XMLSignature

extension MemoryTransaction {
    func log(_ key: LogKey) {
        let position = records.lastUnsealed + 1
        set(\.lastUnsealed, position)
        set(\.unsealed[position], key)
    }

    // MARK: Reading

    func unsealed(limit: Int) -> [UnsealedRecord] {
        records.unsealed.sorted { $0.key < $1.key }.prefix(limit).map { UnsealedRecord(position: $0.key, key: $0.value) }
    }

    func sealingState() -> SealingState {
        SealingState(
            seals: Int64(records.seals.count), sealedAt: records.seals.last?.at, unsealed: records.unsealed.count,
            unstamped: records.seals.count { $0.isToBeStamped && $0.stamp == nil })
    }

    func seals(after number: Int64, limit: Int) -> [StoredSeal] { Array(records.seals.filter { $0.number > number }.prefix(limit)) }

    func unstamped(limit: Int) -> [StoredSeal] { Array(records.seals.filter { $0.isToBeStamped && $0.stamp == nil }.prefix(limit)) }

    func firstSeal(from moment: String) -> Int64? { records.seals.first { $0.at >= moment }?.number }

    func logged(messages: [Int64]) -> [Int64: LoggedMessage] {
        let found = messages.compactMap { records.messages[$0] }.map { message in
            LoggedMessage(
                message: message.stored, claims: message.stored.state != .refused,
                numberKey: message.stored.certificateNumber.map(NumberKey.key), isToBeDone: records.work[message.stored.sequence] != nil,
                events: message.events.enumerated().map { NumberedEvent(number: Int64($0 + 1), event: $1) })
        }
        return Dictionary(found.map { ($0.message.sequence, $0) }, uniquingKeysWith: { one, _ in one })
    }

    func logged(certificates: [Int64]) -> [Int64: LoggedCertificate] {
        let found = certificates.compactMap { archived(certificate: $0) }.map {
            (
                $0.certificate.sequence,
                LoggedCertificate(certificate: $0.certificate, numberKey: NumberKey.key(of: $0.certificate.key.number), facts: $0.facts)
            )
        }
        return Dictionary(found, uniquingKeysWith: { one, _ in one })
    }

    func contents(of messages: [Int64]) -> [Int64: [ContentKind: [UInt8]]] {
        Dictionary(
            messages.compactMap { position in records.messages[position].map { (position, $0.contents) } },
            uniquingKeysWith: { one, _ in one })
    }

    func contentDigests(of messages: [Int64]) -> [Int64: [ContentKind: Digest]] {
        contents(of: messages).mapValues { $0.mapValues { Digest(of: $0) } }
    }

    func name(of kind: LogKind, at position: Int64) -> String? {
        switch kind {
        case .event: records.messages[position]?.stored.id
        case .fact: records.certificates[position]?.key.number
        case .refusal, .change: nil
        }
    }

    func refusals(at positions: [Int64]) -> [StoredRefusal] {
        let wanted = Set(positions)
        return records.refusals.filter { wanted.contains($0.sequence) }
    }

    func changes(at positions: [Int64]) -> [StoredChange] { records.changes.filter { positions.contains($0.sequence) } }

    func changes(before position: Int64?, limit: Int) -> [StoredChange] {
        Array(records.changes.filter { $0.sequence < position ?? .max }.reversed().prefix(limit))
    }

    func changes(_ action: String) -> [StoredChange] { records.changes.filter { $0.note.action == action } }

    private func keys(_ kind: LogKind) -> [LogKey] {
        switch kind {
        case .event:
            records.messages.values.flatMap { message in
                message.events.indices.map { LogKey(.event, message.stored.sequence, Int64($0 + 1)) }
            }
        case .fact: records.facts.flatMap { certificate, facts in facts.keys.map { LogKey(.fact, certificate, $0) } }
        case .refusal: records.refusals.map { LogKey(.refusal, $0.sequence) }
        case .change: records.changes.map { LogKey(.change, $0.sequence) }
        }
    }

    func recordCounts(_ kind: LogKind) -> [Int64: Int] {
        Dictionary(grouping: keys(kind)) { $0.subject / LogKey.block }.mapValues(\.count)
    }

    func recordKeys(_ kind: LogKind, block: Int64) -> [LogKey] { keys(kind).filter { $0.subject / LogKey.block == block }.sorted() }

    /// Rows that refer to others cannot be without them here.
    func strays(limit: Int) -> [String] { [] }

    func tallies(from hour: String, to end: String) -> [Tally] {
        records.tallies.filter { $0.key.hour >= hour && $0.key.hour < end }.map { Tally($0.key, count: $0.value) }
            .sorted { $0.subject.hour < $1.subject.hour }
    }

    // MARK: Writing

    func add(_ seal: StoredSeal, covering taken: [UnsealedRecord], tallies: [Tally]) throws -> Bool {
        guard sealingState().seals + 1 == seal.number else { return false }
        for record in taken {
            guard records.unsealed[record.position] == record.key else {
                throw StoreError("record \(record.position) was sealed meanwhile")
            }
            set(\.unsealed[record.position], nil)
        }
        restore(seal)
        for tally in tallies { restore(tally) }
        return true
    }

    private func change(seal number: Int64, _ body: (inout StoredSeal) -> Void) {
        set(
            \.seals,
            records.seals.map { seal in
                var seal = seal
                if seal.number == number { body(&seal) }
                return seal
            })
    }

    func stamp(seal number: Int64, with stamp: [UInt8]) { change(seal: number) { $0.stamp = $0.stamp ?? stamp } }

    func note(_ change: ChangeNote) {
        let sequence = (records.changes.last?.sequence ?? 0) + 1
        restore(StoredChange(sequence: sequence, note: change))
        log(LogKey(.change, sequence))
    }

    func restore(_ seal: StoredSeal) { set(\.seals, records.seals + [seal]) }
    func restore(_ unsealed: UnsealedRecord) { log(unsealed.key) }
    func restore(_ change: StoredChange) { set(\.changes, records.changes + [change]) }

    func restore(_ refusal: StoredRefusal) {
        set(\.refusals, Array((records.refusals + [refusal]).suffix(Int(RefusalNote.kept))))
        set(\.lastRefusal, max(records.lastRefusal, refusal.sequence))
    }

    func restore(_ tally: Tally) { set(\.tallies[tally.subject], (records.tallies[tally.subject] ?? 0) + tally.count) }
}
