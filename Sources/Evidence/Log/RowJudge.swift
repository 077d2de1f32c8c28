internal import Exchanges
internal import Stores

/// Compares the rows of the tables with what was sealed of them.
struct RowJudge {
    private let reading: any StoreReading
    private let retired: (messages: [ClosedRange<Int64>], certificates: [ClosedRange<Int64>])
    /// Refusals up to here made room for new ones.
    private let forgotten: Int64
    private var counts: [LogKind: [Int64: Int]] = [:]

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
        let retirements = try reading.changes(Retirement.action).compactMap { Retirement($0.note) }
        retired = (retirements.flatMap(\.messages), retirements.flatMap(\.certificates))
        let newest = try reading.recordCounts(.refusal).keys.max().flatMap { try reading.recordKeys(.refusal, block: $0).last?.subject }
        forgotten = (newest ?? 0) - RefusalNote.kept
    }

    mutating func judge(_ leaves: [LogLeaf], sealedAt moment: String) throws {
        let rows = try LoggedRows(leaves.map(\.key), reading)
        for leaf in leaves {
            guard let record = rows.record(leaf.key) else {
                judgeMissing(leaf, sealedAt: moment)
                continue
            }
            count(leaf.key)
            guard leaf.digest != LogLeaf.absent else {
                add("\(describe(leaf.key, rows)) came back after it was sealed as removed")
                continue
            }
            if MerkleTree.leaf(record) != leaf.digest { add("\(describe(leaf.key, rows)) was changed since it was sealed at \(moment)") }
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
                if rows.record(key) != nil { count(key) } else { add("\(describe(key, rows)) was removed before it was sealed") }
            }
            try judgeWhole(some, rows)
        }
    }

    /// Records that are in the tables, but under no seal.
    mutating func judgeCounts() throws {
        var suspects: Set<Block> = []
        for kind in LogKind.allCases {
            let there = try reading.recordCounts(kind)
            for block in Set(there.keys).union((counts[kind] ?? [:]).keys) where there[block] != counts[kind]?[block] {
                suspects.insert(Block(kind: kind, number: block))
            }
        }
        guard !suspects.isEmpty else { return }
        var known = Set(try reading.unsealed(limit: .max).map(\.key).filter { suspects.contains(Block($0)) })
        var last: Int64 = 0
        while case let seals = try reading.seals(after: last, limit: 16), let final = seals.last {
            for leaf in seals.flatMap({ LogLeaf.decode($0.leaves) ?? [] }) where suspects.contains(Block(leaf.key)) {
                known.insert(leaf.key)
            }
            last = final.number
        }
        for suspect in suspects.sorted() {
            let there = try reading.recordKeys(suspect.kind, block: suspect.number).filter { !known.contains($0) }
            let rows = try LoggedRows(there, reading)
            for key in there { add("\(describe(key, rows)) is under no seal: it was put in") }
        }
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
        guard let history = MessageHistory(logged.events) else {
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

    private mutating func judgeMissing(_ leaf: LogLeaf, sealedAt moment: String) {
        let key = leaf.key
        let isByRule =
            switch key.kind {
            case .event: retired.messages.contains { $0.contains(key.subject) }
            case .fact: retired.certificates.contains { $0.contains(key.subject) }
            case .refusal: key.subject <= forgotten
            case .change: false
            }
        if isByRule {
            removedByRule += 1
        } else {
            add("\(describe(key, nil)), sealed at \(moment), was removed")
        }
    }

    private mutating func count(_ key: LogKey) { counts[key.kind, default: [:]][key.subject / LogKey.block, default: 0] += 1 }

    private mutating func add(_ defect: String) {
        if defects.count < RowJudge.listed { defects.append(defect) } else { moreDefects += 1 }
    }

    private func describe(_ key: LogKey, _ rows: LoggedRows?) -> String {
        switch key.kind {
        case .event:
            let message =
                rows?.messages[key.subject]?.message.id ?? (try? reading.logged(messages: [key.subject]))?[key.subject]?.message.id
            return "event \(key.number) of message \(message ?? "at position \(key.subject), which is not there,")"
        case .fact:
            let number = rows?.certificates[key.subject]?.certificate.key.number
            return "what the message at position \(key.number) said of certificate \(number ?? "at position \(key.subject)")"
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
