/// Looks up and changes records, and can undo what it changed.
final class MemoryTransaction: StoreTransaction {
    let records: MemoryRecords
    private var undo: [() -> Void] = []

    init(_ records: MemoryRecords) {
        self.records = records
    }

    func rollBack() {
        for step in undo.reversed() { step() }
    }

    func set<Value>(_ path: ReferenceWritableKeyPath<MemoryRecords, Value>, _ value: Value) {
        let (records, old) = (records, records[keyPath: path])
        undo.append { records[keyPath: path] = old }
        records[keyPath: path] = value
    }

    private func place(_ sequence: Int64) -> ReferenceWritableKeyPath<MemoryRecords, MemoryMessage> { \.[message: sequence] }

    private func stored(_ id: String) -> MemoryMessage? { records.positions[id].map { records[message: $0] } }

    // MARK: Reading

    func message(id: String) -> StoredMessage? { stored(id)?.stored }

    func holder(_ direction: Direction, partner: String, messageID: String) -> StoredMessage? {
        records.claims[.init(direction: direction, partner: partner, messageID: messageID)].map { records[message: $0].stored }
    }

    func messages(_ query: MessageQuery) -> [StoredMessage] {
        let key = query.certificateNumber.map(NumberKey.key)
        func fits<Value: Comparable>(_ asked: Value?, _ value: Value?, _ holds: (Value, Value) -> Bool = { $0 == $1 }) -> Bool {
            asked.map { asked in value.map { holds($0, asked) } ?? false } ?? true
        }
        func place(_ message: StoredMessage) -> (String, Int64) { (message.receivedAt, message.sequence) }
        let before = query.before.map { position in
            let last = records.messages.keys.filter { $0 <= position }.max()
            return last.map { (records[message: $0].stored.receivedAt, $0 == position ? $0 : $0 + 1) } ?? ("", 0)
        }
        let found = records.messages.values.lazy.map(\.stored).filter { message in
            fits(query.direction?.rawValue, message.direction.rawValue) && fits(query.partner, message.partner)
                && fits(query.operation, message.operation) && fits(query.state?.rawValue, message.state.rawValue)
                && fits(query.messageID, message.messageID) && fits(key, message.certificateNumber.map(NumberKey.key))
                && fits(query.from, message.receivedAt, >=) && fits(query.to, message.receivedAt, <)
                && (before.map { place(message) < $0 } ?? true)
                && (query.rule.map { message.state == .refused && message.detail?.hasPrefix($0 + ":") == true } ?? true)
        }
        return Array(found.sorted { place($0) > place($1) }.prefix(query.limit))
    }

    func content(_ kind: ContentKind, of id: String) -> [UInt8]? { stored(id)?.contents[kind] }

    func contentKinds(of id: String) -> [ContentKind] { ContentKind.allCases.filter { stored(id)?.contents[$0] != nil } }

    func events(of id: String) -> [MessageEvent] { stored(id)?.events ?? [] }

    func certificate(_ key: CertificateKey) -> CertificateRecord? {
        records.certificatePositions[key].flatMap { records.certificates[$0] }
    }

    func certificates(number: String) -> [CertificateRecord] {
        let key = NumberKey.key(of: number)
        return records.certificates.values.filter { NumberKey.key(of: $0.key.number) == key }
            .sorted { ($0.key.number, $0.key.partner, $0.key.side.rawValue) < ($1.key.number, $1.key.partner, $1.key.side.rawValue) }
    }

    func facts(of certificate: Int64) -> [String] {
        (records.facts[certificate] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }

    func overdue(now: String, limit: Int) -> [StoredMessage] {
        let late = records.work.values.filter { entry in entry.work.isAwaiting && entry.work.due.map { $0 <= now } ?? false }
        return late.sorted { ($0.work.due ?? "") < ($1.work.due ?? "") }.prefix(limit).map {
            records[message: $0.work.message].stored
        }
    }

    func workDepth() -> [WorkDepth] {
        struct Target: Hashable {
            let direction: Direction
            let partner: String
        }
        let targets = Dictionary(grouping: records.work.values) {
            Target(direction: $0.work.direction, partner: records[message: $0.work.message].stored.partner)
        }
        return targets.map { target, work in
            let waiting = work.filter { !$0.work.isAwaiting }.compactMap(\.work.due)
            return WorkDepth(
                direction: target.direction, partner: target.partner, waiting: waiting.count,
                parked: work.count { $0.work.due == nil }, awaiting: work.count { $0.work.isAwaiting }, oldest: waiting.min())
        }
    }

    func refusals(limit: Int) -> [RefusalNote] { records.refusals.suffix(limit).reversed().map(\.note) }

    func signersSeen() -> [SignerSeen] {
        var seen: [[String]: String] = [:]
        for message in records.messages.values.map(\.stored) where message.direction == .inbound && message.state != .refused {
            guard let signer = message.signer else { continue }
            seen[[message.partner, signer]] = max(seen[[message.partner, signer]] ?? "", message.receivedAt)
        }
        return seen.map { SignerSeen(partner: $0.key[0], fingerprint: $0.key[1], lastAt: $0.value) }
    }

    // MARK: Messages

    func insert(_ message: NewMessage) throws -> Insertion {
        let claim = MemoryRecords.Claim(direction: message.direction, partner: message.partner, messageID: message.messageID)
        if message.state != .refused, let earlier = records.claims[claim] {
            return records[message: earlier].stored.id == message.id ? .repeated : .taken
        }
        guard records.positions[message.id] == nil else { throw StoreError("the local id \(message.id) is taken") }
        let sequence = records.lastMessage + 1
        let stored = StoredMessage(
            id: message.id, sequence: sequence, direction: message.direction, partner: message.partner, operation: message.operation,
            messageID: message.messageID, contentDigest: message.contentDigest, certificateNumber: message.certificateNumber,
            state: message.state, correlationID: message.correlationID, receivedAt: message.receivedAt, updatedAt: message.receivedAt,
            signer: message.signer, bodyDigest: message.bodyDigest, attempts: 0, detail: message.detail)
        let event = MessageEvent(at: message.receivedAt, state: message.state, detail: message.detail, written: message.written.text)
        set(\.lastMessage, sequence)
        set(\.messages[sequence], MemoryMessage(stored: stored, contents: message.contents, events: [event]))
        set(\.positions[message.id], sequence)
        if message.state != .refused { set(\.claims[claim], sequence) }
        log(LogKey(.event, sequence, 1))
        return .added(sequence)
    }

    func update(_ sequence: Int64, _ change: MessageChange, at now: String) {
        var message = records[message: sequence]
        let old = message.stored
        let attempts =
            switch change.attempts {
            case .oneMore: old.attempts + 1
            case .same: old.attempts
            case .none: 0
            }
        message.stored = StoredMessage(
            id: old.id, sequence: sequence, direction: old.direction, partner: old.partner, operation: old.operation,
            messageID: old.messageID, contentDigest: old.contentDigest, certificateNumber: old.certificateNumber, state: change.state,
            correlationID: old.correlationID, receivedAt: old.receivedAt, updatedAt: now, signer: change.signer ?? old.signer,
            bodyDigest: change.bodyDigest ?? old.bodyDigest, attempts: attempts, detail: change.detail)
        message.contents.merge(change.contents) { _, new in new }
        set(place(sequence), message)
        note(sequence, MessageEvent(at: now, state: change.state, detail: change.detail, written: change.written.text))
    }

    func note(_ sequence: Int64, _ state: TransportState, _ detail: String?, at now: String) {
        note(sequence, MessageEvent(at: now, state: state, detail: detail))
    }

    private func note(_ sequence: Int64, _ event: MessageEvent) {
        var message = records[message: sequence]
        message.events.append(event)
        set(place(sequence), message)
        log(LogKey(.event, sequence, Int64(message.events.count)))
    }

    // MARK: Certificates

    func lockCertificate(_ key: CertificateKey, at now: String) -> CertificateRecord {
        certificate(key) ?? add(CertificateRecord(of: key, at: now))
    }

    func insert(_ certificate: CertificateRecord) -> Int64? {
        self.certificate(certificate.key) == nil ? add(certificate).sequence : nil
    }

    private func add(_ certificate: CertificateRecord) -> CertificateRecord {
        let placed = certificate.placed(at: records.lastCertificate + 1)
        set(\.lastCertificate, placed.sequence)
        set(\.certificates[placed.sequence], placed)
        set(\.certificatePositions[placed.key], placed.sequence)
        return placed
    }

    func update(_ certificate: CertificateRecord) { set(\.certificates[certificate.sequence], certificate) }

    func addFact(_ fact: String, of certificate: Int64, by message: Int64) {
        guard records.facts[certificate]?[message] == nil else { return }
        set(\.facts[certificate], (records.facts[certificate] ?? [:]).merging([message: fact]) { old, _ in old })
        log(LogKey(.fact, certificate, message))
    }

    // MARK: Work

    func queue(_ work: NewWork) {
        guard var known = records.work[work.message] else {
            set(\.work[work.message], MemoryWork(work: work))
            return
        }
        (known.work.due, known.work.isAwaiting, known.lease) = (work.due, work.isAwaiting, nil)
        set(\.work[work.message], known)
    }

    func takeWork(_ direction: Direction, now: String, lease: Lease, limit: Int, except partners: Set<String>) -> [StoredMessage] {
        let all = records.work.values.filter { $0.work.direction == direction }
        // The first place of each lane that does not wait for its certificate.
        var first: [Int64: Int64] = [:]
        for entry in all where !entry.work.isAwaiting { first[entry.work.lane] = min(first[entry.work.lane] ?? .max, entry.work.place) }
        let free = all.filter { entry in
            guard let due = entry.work.due, due <= now, entry.lease.map({ $0.until < now }) ?? true else { return false }
            guard !partners.contains(records[message: entry.work.message].stored.partner) else { return false }
            return !entry.work.isAwaiting && entry.work.place == first[entry.work.lane]
        }
        let taken = free.sorted { ($0.work.due ?? "", $0.work.message) < ($1.work.due ?? "", $1.work.message) }.prefix(limit)
        for entry in taken { set(\.work[entry.work.message], MemoryWork(work: entry.work, lease: lease)) }
        return taken.map { records[message: $0.work.message].stored }.sorted { $0.sequence < $1.sequence }
    }

    func renewLease(_ lease: Lease, of message: Int64) {
        guard var entry = records.work[message], entry.lease?.owner == lease.owner else { return }
        entry.lease = lease
        set(\.work[message], entry)
    }

    func dropLeases(of owner: String) {
        for (message, var entry) in records.work where entry.lease?.owner.hasPrefix(owner) == true {
            entry.lease = nil
            set(\.work[message], entry)
        }
    }

    private func change(_ message: Int64, _ body: (inout MemoryWork) -> Void) {
        guard var entry = records.work[message] else { return }
        entry.lease = nil
        body(&entry)
        set(\.work[message], entry)
    }

    func reschedule(_ message: Int64, due: String?, heldBy owner: String?) -> Bool {
        guard let entry = records.work[message], owner == nil || entry.lease?.owner == owner else { return false }
        change(message) { entry in
            entry.work.due = due
            if due != nil { entry.work.isAwaiting = false }
        }
        return true
    }

    func endWork(_ message: Int64) { set(\.work[message], nil) }

    func lastPlace(_ direction: Direction, lane: Int64) -> Int64? {
        records.work.values.map(\.work).filter { !$0.isAwaiting && $0.lane == lane && $0.direction == direction }.map(\.place).max()
    }

    func awaiting(_ direction: Direction, lane: Int64) -> [Int64] {
        records.work.values.map(\.work).filter { $0.isAwaiting && $0.lane == lane && $0.direction == direction }
            .sorted { $0.place < $1.place }.map(\.message)
    }

    func endWaiting(_ message: Int64, place: Int64, due: String) {
        change(message) { entry in (entry.work.isAwaiting, entry.work.place, entry.work.due) = (false, place, due) }
    }

    // MARK: The rest

    func noteRefusal(_ refusal: RefusalNote) {
        let sequence = records.lastRefusal + 1
        restore(StoredRefusal(sequence: sequence, note: refusal))
        log(LogKey(.refusal, sequence))
    }

    func checkWritable() {}
}
