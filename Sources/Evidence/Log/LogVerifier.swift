public import Exchanges
internal import Foundation
public import Stores
internal import Synchronization
internal import Trust
internal import XML

/// Walks the sealed log from its first seal and compares every record with what was sealed, row by row, in memory that does not grow with
/// the log. Several readers go through the rows, each through some of the seals; what is under a seal does not change meanwhile.
public struct LogVerifier: Sendable {
    private let store: any MessageStore
    private let administration: Administration
    private let trust: SealTrust
    private let readers: Int

    /// More would wait for each other.
    public static let cores = min(4, ProcessInfo.processInfo.activeProcessorCount)
    /// Seals read at once.
    private static let page: Int64 = 16

    /// - Parameter readers: how many read at once.
    public init(_ store: any MessageStore, of administration: Administration, trust: SealTrust, readers: Int = LogVerifier.cores) {
        self.store = store
        self.administration = administration
        self.trust = trust
        self.readers = readers
    }

    /// - Parameters:
    ///   - head: a head of an earlier verdict, which must still be in the chain.
    ///   - progress: told how many of how many seals are done.
    /// - Throws: `StoreError`, also where messages are moved to archives meanwhile.
    public func verify(head: String? = nil, progress: @escaping @Sendable (Int64, Int64) -> Void) async throws -> LogVerdict {
        let (trust, administration) = (trust, administration)
        let (start, retired) = try await store.read { reading in
            var chain = SealChain(gateway: administration, trust: trust, expecting: head?.lowercased())
            try LogVerifier.seals(reading, after: .min) { chain.follow($0) }
            return (chain, try RetiredRecords(reading, signers: trust.signers))
        }
        async let strays = store.read { try $0.strays(limit: LogVerdict.listed) }
        let found = try await rows(upTo: start.last, retired, progress)
        var (chain, rows) = try await store.read { reading in
            var chain = start
            guard try reading.changes(Retirement.action).count == retired.count else {
                throw StoreError("messages were moved to an archive while the log was verified; verify it again")
            }
            var rows = RowJudge(reading, retired: retired)
            rows.add(found)
            // What was sealed since.
            try LogVerifier.seals(reading, after: start.last) { seal in
                chain.follow(seal)
                try rows.judge(seal)
            }
            chain.end()
            try rows.judgeUnsealed()
            try rows.judgeCounts()
            rows.judgeForgotten()
            return (chain, rows.findings)
        }
        for stray in try await strays { rows.add("\(stray), which was put in") }
        chain.verdict.add(rows, retired)
        return chain.verdict
    }

    /// The rows under the seals up to one, by several readers.
    private func rows(
        upTo last: Int64, _ retired: RetiredRecords, _ progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws -> [RowFindings] {
        let done = SealCount()
        return try await withThrowingTaskGroup(of: RowFindings.self) { group in
            for reader in 0..<UInt64(readers) {
                group.addTask { [store, readers] in
                    try await store.read { reading in
                        var rows = RowJudge(reading, retired: retired)
                        try LogVerifier.seals(reading, after: .min) { seal in
                            guard seal.number <= last, seal.number.magnitude % UInt64(readers) == reader else { return }
                            try rows.judge(seal)
                            progress(done.next(), last)
                        }
                        return rows.findings
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func seals(_ reading: any StoreReading, after number: Int64, _ body: (StoredSeal) throws -> Void) throws {
        var after = number
        while case let seals = try reading.seals(after: after, limit: Int(page)), let final = seals.last {
            for seal in seals { try body(seal) }
            after = final.number
        }
    }
}

/// Counts what several do.
private final class SealCount: Sendable {
    private let count = Mutex<Int64>(0)

    func next() -> Int64 {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// The seals as a chain: each has the digest of the one before it, none is missing.
struct SealChain: Sendable {
    let gateway: Administration
    private let judge: SealJudge
    private let expected: String?
    var verdict = LogVerdict()
    /// Number of the last seal.
    private(set) var last = Int64.min
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

    mutating func follow(_ seal: StoredSeal) {
        last = seal.number
        verdict.seals += 1
        verdict.from = verdict.from ?? seal.at
        verdict.to = seal.at
        defer { previous = seal.statement }
        guard let statement = SealStatement(seal.statement) else { return defect(seal, "its statement is none of this program") }
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
}

extension LogVerdict {
    fileprivate mutating func add(_ rows: RowFindings, _ retired: RetiredRecords) {
        records = rows.records
        unsealed = rows.unsealed
        removedByRule = rows.removedByRule
        for defect in rows.defects { add(defect: defect) }
        defectCount += rows.moreDefects
        notes += retired.notes
        if rows.unsealed > 0 { notes.append("\(rows.unsealed) records are not sealed yet") }
        if rows.withoutDigests > 0 {
            notes.append("\(rows.withoutDigests) records are older than the sealed log: the bytes of their messages are not covered")
        }
    }
}
