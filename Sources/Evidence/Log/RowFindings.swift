internal import Stores

/// What was found of rows: by several who each went through a part of the log, put together in the log's order.
struct RowFindings: Sendable {
    /// Number of the seal at which the judge is.
    var place: Int64 = 0
    private var listed: [(place: Int64, defect: String)] = []
    private(set) var moreDefects = 0
    /// Records under seals whose lists are what was sealed.
    var records = 0
    /// Refusals that are not there, of so many: older ones make room for new ones.
    var forgotten: [Int64] = []
    var refusals: Int64 = 0
    var unsealed = 0
    var removedByRule = 0
    /// Messages from before there was a sealed log.
    var withoutDigests = 0
    /// What was walked through, by block of positions: the number of records, and a sum over their keys that nobody can foresee.
    private(set) var walked: [LogKind: [Int64: Sum]] = [:]

    private static let most = 1000

    struct Sum: Equatable {
        private(set) var count = 0
        private(set) var keys = 0

        mutating func add(_ key: LogKey) {
            count += 1
            // Hasher has another seed in each process.
            keys &+= key.hashValue
        }

        mutating func add(_ other: Sum) {
            count += other.count
            keys &+= other.keys
        }
    }

    /// In the order of the log.
    var defects: [String] { listed.sorted { $0.place < $1.place }.prefix(RowFindings.most).map(\.defect) }

    mutating func add(_ defect: String) {
        if listed.count < RowFindings.most { listed.append((place, defect)) } else { moreDefects += 1 }
    }

    mutating func count(_ key: LogKey) { walked[key.kind, default: [:]][key.subject / LogKey.block, default: Sum()].add(key) }

    mutating func merge(_ other: RowFindings) {
        listed += other.listed
        moreDefects += other.moreDefects + max(0, listed.count - RowFindings.most)
        listed = Array(listed.sorted { $0.place < $1.place }.prefix(RowFindings.most))
        records += other.records
        forgotten += other.forgotten
        refusals += other.refusals
        unsealed += other.unsealed
        removedByRule += other.removedByRule
        withoutDigests += other.withoutDigests
        for (kind, blocks) in other.walked {
            for (block, sum) in blocks { walked[kind, default: [:]][block, default: Sum()].add(sum) }
        }
    }
}
