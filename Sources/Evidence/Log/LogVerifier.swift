public import Exchanges
public import Stores
internal import Trust
internal import XML

/// Walks the sealed log from its first seal and compares every record with what was sealed, row by row, in memory that does not grow with
/// the log.
public struct LogVerifier: Sendable {
    private let store: any MessageStore
    private let administration: Administration
    private let trust: SealTrust

    /// Seals read at once.
    private static let page = 16

    public init(_ store: any MessageStore, of administration: Administration, trust: SealTrust) {
        self.store = store
        self.administration = administration
        self.trust = trust
    }

    /// - Parameters:
    ///   - head: a head of an earlier verdict, which must still be in the chain.
    ///   - progress: told how many of how many seals are done.
    public func verify(head: String? = nil, progress: @escaping @Sendable (Int64, Int64) -> Void) async throws -> LogVerdict {
        let (trust, administration) = (trust, administration)
        return try await store.read { reading in
            var chain = SealChain(gateway: administration, trust: trust, expecting: head?.lowercased())
            var rows = try RowJudge(reading)
            let total = try reading.sealingState().seals
            var last = Int64.min
            while case let seals = try reading.seals(after: last, limit: LogVerifier.page), let final = seals.last {
                for seal in seals {
                    if let leaves = chain.follow(seal) { try rows.judge(leaves, sealedAt: seal.at) }
                    progress(seal.number, total)
                }
                last = final.number
            }
            chain.end()
            try rows.judgeUnsealed()
            try rows.judgeCounts()
            rows.judgeForgotten()
            try rows.judgeStrays()
            return chain.verdict.adding(rows)
        }
    }
}

/// The seals as a chain: each has the digest of the one before it, none is missing.
struct SealChain {
    let gateway: Administration
    private let judge: SealJudge
    private let expected: String?
    private(set) var verdict = LogVerdict()
    private var previous: [UInt8]?
    private var isExpectedFound = false
    private var unstamped = 0

    /// Seconds that clocks of replicas may differ by.
    private static let skew: Int64 = 300
    /// Seconds after which a stamp proves little of the time of its seal.
    private static let late: Int64 = 7 * 86_400
    private var unjudgedStamps = 0

    init(gateway: Administration, trust: SealTrust, expecting head: String?) {
        self.gateway = gateway
        judge = SealJudge(trust: trust)
        expected = head
    }

    /// - Returns: the leaves, where they are what was sealed.
    mutating func follow(_ seal: StoredSeal) -> [LogLeaf]? {
        verdict.seals += 1
        verdict.from = verdict.from ?? seal.at
        verdict.to = seal.at
        defer { previous = seal.statement }
        guard let statement = SealStatement(seal.statement) else { return broken(seal, "its statement is none of this program") }
        let head = SealStatement.link(seal.statement)
        verdict.head = head
        if head == expected { isExpectedFound = true }
        if seal.number != verdict.seals {
            defect(seal, "\(seal.number - verdict.seals) seals before it are missing")
            verdict.seals = seal.number
        } else if statement.previous != SealStatement.link(previous) {
            defect(seal, "it does not follow the seal before it")
        }
        if statement.number != seal.number || statement.at != seal.at { defect(seal, "its number or time is not that of its statement") }
        if statement.isToBeStamped != seal.isToBeStamped { defect(seal, "whether it is to be stamped was changed") }
        if statement.gateway != gateway { defect(seal, "it is of another gateway: \(statement.gateway)") }
        judgeSignature(seal)
        judgeStamp(seal)
        guard let leaves = LogLeaf.decode(seal.leaves), leaves.count == statement.records,
            MerkleTree(leaves.map(\.node)).root.hex == statement.root
        else { return broken(seal, "its list of digests was changed") }
        verdict.records += leaves.count
        return leaves
    }

    private mutating func judgeSignature(_ seal: StoredSeal) {
        switch judge.signature(seal.signature, of: seal.statement) {
        case .missing: defect(seal, "it has no signature")
        case .bad(let reason): defect(seal, reason)
        case .good(_, let at):
            if let signed = XMLDateTime(at), let sealed = XMLDateTime(seal.at), abs(signed.seconds - sealed.seconds) > SealChain.skew {
                defect(seal, "it was signed at \(at)")
            }
        }
    }

    private mutating func judgeStamp(_ seal: StoredSeal) {
        switch judge.stamp(seal.stamp, of: seal.signature) {
        case .missing: if seal.isToBeStamped { unstamped += 1 }
        case .notJudged: unjudgedStamps += 1
        case .good(let stamp):
            verdict.stamped += 1
            if let sealed = XMLDateTime(seal.at), stamp.time < sealed.adding(seconds: -SealChain.skew) {
                defect(seal, "its stamp is older than it is: \(stamp.time.text)")
            }
            if let sealed = XMLDateTime(seal.at), stamp.time > sealed.adding(seconds: SealChain.late) {
                verdict.notes.append("seal \(seal.number) of \(seal.at) was stamped as late as \(stamp.time.text)")
            }
        case .bad(let reason): defect(seal, reason)
        }
    }

    mutating func end() {
        if let expected, !isExpectedFound {
            verdict.add(defect: "no seal has the head \(expected): the end of the log was cut off, or it is another log")
        }
        if unstamped > 0 { verdict.notes.append("\(unstamped) seals wait for their stamp") }
        if unjudgedStamps > 0 { verdict.notes.append("\(unjudgedStamps) stamps were not judged: no anchors of the authority were given") }
    }

    private mutating func defect(_ seal: StoredSeal, _ reason: String) {
        verdict.add(defect: "seal \(seal.number) of \(seal.at): \(reason)")
    }

    private mutating func broken(_ seal: StoredSeal, _ reason: String) -> [LogLeaf]? {
        defect(seal, reason)
        return nil
    }
}

extension LogVerdict {
    func adding(_ rows: RowJudge) -> LogVerdict {
        var verdict = self
        verdict.unsealed = rows.unsealed
        verdict.removedByRule = rows.removedByRule
        for defect in rows.defects { verdict.add(defect: defect) }
        verdict.defectCount += rows.moreDefects
        verdict.notes += rows.retirements
        if rows.unsealed > 0 { verdict.notes.append("\(rows.unsealed) records are not sealed yet") }
        if rows.withoutDigests > 0 {
            verdict.notes.append(
                "\(rows.withoutDigests) records are older than the sealed log: the bytes of their messages are not covered")
        }
        return verdict
    }
}
