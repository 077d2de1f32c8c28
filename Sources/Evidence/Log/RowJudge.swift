internal import Exchanges
internal import Stores
internal import XMLSignature

/// Compares the rows of the tables with what was sealed of them.
struct RowJudge {
    private let reading: any StoreReading
    private let retired: RetiredRecords
    private(set) var findings = RowFindings()

    private static let listed = 1000
    /// Messages whose bytes are read at once.
    private static let page = 32

    init(_ reading: any StoreReading, retired: RetiredRecords) {
        self.reading = reading
        self.retired = retired
    }

    mutating func judge(_ seal: StoredSeal) throws {
        findings.place = seal.number
        // Of a statement that is none the chain tells.
        guard let statement = SealStatement(seal.statement) else { return }
        guard let leaves = statement.leaves(seal.leaves) else {
            return findings.add("seal \(seal.number) of \(seal.at): its list of digests was changed")
        }
        findings.records += leaves.count
        try judge(leaves, sealedAt: seal.at)
    }

    private mutating func judge(_ leaves: [LogLeaf], sealedAt moment: String) throws {
        let rows = try LoggedRows(leaves.map(\.key), reading)
        for leaf in leaves {
            if leaf.key.kind == .refusal { findings.refusals += 1 }
            guard let record = rows.record(leaf.key) else {
                judgeMissing(leaf, sealedAt: moment)
                continue
            }
            findings.count(leaf.key)
            guard leaf.digest != LogLeaf.absent else {
                findings.add("\(describe(leaf.key)) came back after it was sealed as removed")
                continue
            }
            if Digest(of: record).bytes != leaf.digest {
                findings.add("\(describe(leaf.key)) was changed since it was sealed at \(moment)")
            }
        }
        try judgeWhole(leaves.map(\.key), rows)
    }

    /// What the parts of the log that others went through have.
    mutating func add(_ others: [RowFindings]) { findings = others.reduce(into: findings) { $0.merge($1) } }

    /// What no seal covers yet can at least be looked at.
    mutating func judgeUnsealed() throws {
        findings.place = .max
        let keys = try reading.unsealed(limit: .max).map(\.key)
        findings.unsealed = keys.count
        for start in stride(from: 0, to: keys.count, by: LogKey.page) {
            let some = Array(keys[start..<min(start + LogKey.page, keys.count)])
            let rows = try LoggedRows(some, reading)
            for key in some {
                if key.kind == .refusal { findings.refusals += 1 }
                if rows.record(key) != nil {
                    findings.count(key)
                } else if !isForgotten(key) {
                    findings.add("\(describe(key)) was removed before it was sealed")
                }
            }
            try judgeWhole(some, rows)
        }
    }

    /// Records that are in the tables, but under no seal; and those that are listed twice, to make up for them.
    mutating func judgeCounts() throws {
        var suspects: Set<Block> = []
        for kind in LogKind.allCases {
            let there = Set(try reading.recordCounts(kind).keys)
            for block in there.union((findings.walked[kind] ?? [:]).keys) {
                var sum = RowFindings.Sum()
                for key in try reading.recordKeys(kind, block: block) { sum.add(key) }
                if sum != findings.walked[kind]?[block] ?? RowFindings.Sum() { suspects.insert(Block(kind: kind, number: block)) }
            }
        }
        guard !suspects.isEmpty else { return }
        var known: [LogKey: Int] = [:]
        for key in try reading.unsealed(limit: .max).map(\.key) where suspects.contains(Block(key)) { known[key, default: 0] += 1 }
        var last = Int64.min
        while case let seals = try reading.seals(after: last, limit: 16), let final = seals.last {
            for leaf in seals.flatMap({ LogLeaf.decode($0.leaves) ?? [] }) where suspects.contains(Block(leaf.key)) {
                known[leaf.key, default: 0] += 1
            }
            last = final.number
        }
        for suspect in suspects.sorted() {
            let now = try reading.recordKeys(suspect.kind, block: suspect.number)
            let there = now.filter { known[$0] == nil }
            let twice = known.filter { $0.value > 1 && Block($0.key) == suspect }.keys.sorted()
            for key in there { findings.add("\(describe(key)) is under no seal: it was put in, or its seal was changed") }
            for key in twice { findings.add("\(describe(key)) is listed twice") }
            // An old refusal may have made room since somebody walked past it.
            let gone = suspect.kind == .refusal ? Set(known.keys.filter { Block($0) == suspect }).subtracting(now).map(\.subject) : []
            let goneSince = Set(gone).subtracting(findings.forgotten)
            findings.forgotten += goneSince
            if there.isEmpty, twice.isEmpty, goneSince.isEmpty {
                findings.add("the number of records of block \(suspect.number) of \(suspect.kind) is not what was sealed")
            }
        }
    }

    /// So many refusals are kept; of the others the oldest may be gone.
    mutating func judgeForgotten() {
        let allowed = max(0, Int(findings.refusals - RefusalNote.kept))
        findings.removedByRule += min(allowed, findings.forgotten.count)
        for position in findings.forgotten.sorted().dropFirst(allowed) { findings.add("refusal \(position) was removed") }
    }

    // MARK: A whole message, a whole certificate

    /// Looks at a message with its last event, and at a certificate with its last fact: each once.
    private mutating func judgeWhole(_ keys: [LogKey], _ rows: LoggedRows) throws {
        var messages: [LoggedMessage] = []
        for key in keys {
            switch key.kind {
            case .event:
                if let message = rows.messages[key.subject], message.events.last?.number == key.number { messages.append(message) }
            case .fact:
                if let certificate = rows.certificates[key.subject], certificate.facts.last?.message == key.number { judge(certificate) }
            case .refusal, .change: continue
            }
        }
        for start in stride(from: 0, to: messages.count, by: RowJudge.page) {
            let some = messages[start..<min(start + RowJudge.page, messages.count)]
            let contents = try reading.contentDigests(of: some.map(\.message.sequence))
            for message in some { judge(message, contents[message.message.sequence] ?? [:]) }
        }
    }

    private mutating func judge(_ logged: LoggedMessage, _ contents: [ContentKind: Digest]) {
        let message = logged.message
        guard let history = MessageHistory(logged.events, direction: message.direction) else {
            findings.withoutDigests += 1
            return
        }
        for difference in history.differences(from: logged) + history.differences(from: contents) {
            findings.add("message \(message.id): \(difference)")
        }
    }

    private mutating func judge(_ logged: LoggedCertificate) {
        let certificate = logged.certificate
        let follows = (try? certificate.follows(from: logged.facts.map(\.fact))) ?? false
        if !follows || logged.numberKey != NumberKey.key(of: certificate.key.number) {
            findings.add("certificate \(certificate.key.number) of \(certificate.key.partner): its row does not follow from its records")
        }
    }

    // MARK: The rest

    private mutating func isForgotten(_ key: LogKey) -> Bool {
        guard key.kind == .refusal else { return false }
        findings.forgotten.append(key.subject)
        return true
    }

    private mutating func judgeMissing(_ leaf: LogLeaf, sealedAt moment: String) {
        let key = leaf.key
        if isForgotten(key) { return }
        let isByRule =
            switch key.kind {
            case .event: retired.messages.contains { $0.contains(key.subject) }
            case .fact: retired.certificates.contains { $0.contains(key.subject) }
            case .refusal, .change: false
            }
        if isByRule {
            findings.removedByRule += 1
        } else {
            findings.add("\(describe(key)), sealed at \(moment), was removed")
        }
    }

    private func describe(_ key: LogKey) -> String {
        let name = try? reading.name(of: key.kind, at: key.subject)
        switch key.kind {
        case .event: return "event \(key.number) of message \(name ?? "at position \(key.subject)")"
        case .fact: return "what the message at position \(key.number) said of certificate \(name ?? "at position \(key.subject)")"
        case .refusal: return "refusal \(key.subject)"
        case .change: return "change \(key.subject) by those who run the gateway"
        }
    }

    private struct Block: Hashable, Comparable {
        let kind: LogKind
        let number: Int64

        init(kind: LogKind, number: Int64) {
            self.kind = kind
            self.number = number
        }

        init(_ key: LogKey) { self.init(kind: key.kind, number: key.subject / LogKey.block) }

        static func < (one: Block, other: Block) -> Bool { (one.kind.rawValue, one.number) < (other.kind.rawValue, other.number) }
    }
}

extension LogKey {
    fileprivate static let page = 4096
}
