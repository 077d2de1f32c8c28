internal import Exchanges
internal import Stores
internal import XMLSignature

/// Compares the rows of the tables with what was sealed of them.
struct RowJudge {
    private let reading: any StoreReading
    private let retired: (messages: [ClosedRange<Int64>], certificates: [ClosedRange<Int64>])
    /// For a person, who knows which archives there are.
    let retirements: [String]
    /// Refusals that are not there, the newest last, of so many: older ones make room for new ones.
    private var forgotten: [Int64] = []
    private var refusals: Int64 = 0
    /// What was walked through, by block of positions: the number of records, and a sum over their keys that nobody can foresee.
    private var walked: [LogKind: [Int64: Sum]] = [:]

    private struct Sum: Equatable {
        var count = 0
        var keys = 0

        mutating func add(_ key: LogKey) {
            count += 1
            // Hasher has another seed in each process.
            keys &+= key.hashValue
        }
    }

    private(set) var defects: [String] = []
    private(set) var moreDefects = 0
    private(set) var unsealed = 0
    private(set) var removedByRule = 0
    /// Records from before there was a sealed log.
    private(set) var withoutDigests = 0

    private static let listed = 1000
    /// Messages whose bytes are read at once.
    private static let page = 32

    init(_ reading: any StoreReading) throws {
        self.reading = reading
        // Only a note that is under a seal, or will be, excuses anything.
        let waiting = Set(try reading.unsealed(limit: .max).map(\.key))
        let notes = try reading.changes(Retirement.action).filter { $0.sequence > 0 && !waiting.contains(LogKey(.change, $0.sequence)) }
        let found = notes.compactMap { Retirement($0.note) }
        retired = (found.flatMap(\.messages), found.flatMap(\.certificates))
        retirements = notes.map { "\($0.note.at): \($0.note.actor) moved \($0.note.detail)" }
    }

    mutating func judge(_ leaves: [LogLeaf], sealedAt moment: String) throws {
        let rows = try LoggedRows(leaves.map(\.key), reading)
        for leaf in leaves {
            if leaf.key.kind == .refusal { refusals += 1 }
            guard let record = rows.record(leaf.key) else {
                judgeMissing(leaf, sealedAt: moment)
                continue
            }
            count(leaf.key)
            guard leaf.digest != LogLeaf.absent else {
                add("\(describe(leaf.key)) came back after it was sealed as removed")
                continue
            }
            if Digest(of: record).bytes != leaf.digest { add("\(describe(leaf.key)) was changed since it was sealed at \(moment)") }
        }
        try judgeWhole(leaves.map(\.key), rows)
    }

    /// What no seal covers yet can at least be looked at.
    mutating func judgeUnsealed() throws {
        let keys = try reading.unsealed(limit: .max).map(\.key)
        unsealed = keys.count
        for start in stride(from: 0, to: keys.count, by: LogKey.page) {
            let some = Array(keys[start..<min(start + LogKey.page, keys.count)])
            let rows = try LoggedRows(some, reading)
            for key in some {
                if key.kind == .refusal { refusals += 1 }
                if rows.record(key) != nil {
                    count(key)
                } else if !isForgotten(key) {
                    add("\(describe(key)) was removed before it was sealed")
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
            for block in there.union((walked[kind] ?? [:]).keys) {
                var sum = Sum()
                for key in try reading.recordKeys(kind, block: block) { sum.add(key) }
                if sum != walked[kind]?[block] ?? Sum() { suspects.insert(Block(kind: kind, number: block)) }
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
            let there = try reading.recordKeys(suspect.kind, block: suspect.number).filter { known[$0] == nil }
            let twice = known.filter { $0.value > 1 && Block($0.key) == suspect }.keys.sorted()
            for key in there { add("\(describe(key)) is under no seal: it was put in, or its seal was changed") }
            for key in twice { add("\(describe(key)) is listed twice") }
            if there.isEmpty, twice.isEmpty {
                add("the number of records of block \(suspect.number) of \(suspect.kind) is not what was sealed")
            }
        }
    }

    /// So many refusals are kept; of the others the oldest may be gone.
    mutating func judgeForgotten() {
        let allowed = max(0, Int(refusals - RefusalNote.kept))
        removedByRule += min(allowed, forgotten.count)
        for position in forgotten.sorted().dropFirst(allowed) { add("refusal \(position) was removed") }
    }

    mutating func judgeStrays() throws {
        for stray in try reading.strays(limit: RowJudge.listed) { add("\(stray), which was put in") }
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
            let contents = try reading.contents(of: some.map(\.message.sequence))
            for message in some { judge(message, contents[message.message.sequence] ?? [:]) }
        }
    }

    private mutating func judge(_ logged: LoggedMessage, _ contents: [ContentKind: [UInt8]]) {
        let message = logged.message
        guard let history = MessageHistory(logged.events, direction: message.direction) else {
            withoutDigests += 1
            return
        }
        for difference in history.differences(from: logged) + history.differences(from: contents) {
            add("message \(message.id): \(difference)")
        }
    }

    private mutating func judge(_ logged: LoggedCertificate) {
        let certificate = logged.certificate
        let follows = (try? certificate.follows(from: logged.facts.map(\.fact))) ?? false
        if !follows || logged.numberKey != NumberKey.key(of: certificate.key.number) {
            add("certificate \(certificate.key.number) of \(certificate.key.partner): its row does not follow from its records")
        }
    }

    // MARK: The rest

    private mutating func isForgotten(_ key: LogKey) -> Bool {
        guard key.kind == .refusal else { return false }
        forgotten.append(key.subject)
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
            removedByRule += 1
        } else {
            add("\(describe(key)), sealed at \(moment), was removed")
        }
    }

    private mutating func count(_ key: LogKey) { walked[key.kind, default: [:]][key.subject / LogKey.block, default: Sum()].add(key) }

    private mutating func add(_ defect: String) {
        if defects.count < RowJudge.listed { defects.append(defect) } else { moreDefects += 1 }
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
