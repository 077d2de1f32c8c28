/// What was found of the sealed log.
public struct LogVerdict: Sendable, Codable {
    /// Whether every record is as it was when it was sealed, and none is missing or was put in.
    public internal(set) var isIntact = true
    public internal(set) var seals: Int64 = 0
    /// Records under seals.
    public internal(set) var records = 0
    /// Records that no seal covers yet; nothing proves that they are as they were written.
    public internal(set) var unsealed = 0
    /// Of which only the seals are left, because they were moved to an archive or had been kept for a time only.
    public internal(set) var removedByRule = 0
    public internal(set) var stamped = 0
    /// RFC 3339 UTC, of the first and the last seal.
    public internal(set) var from: String?
    public internal(set) var to: String?
    /// SHA-256 of the last statement, hexadecimal: whoever notes it down can tell later whether the end of the log was cut off.
    public internal(set) var head: String?
    /// What is not as it was; the first thousand.
    public internal(set) var defects: [String] = []
    public internal(set) var defectCount = 0
    /// What could not be judged.
    public internal(set) var notes: [String] = []

    static let listed = 1000

    mutating func add(defect: String) {
        isIntact = false
        defectCount += 1
        if defects.count < LogVerdict.listed { defects.append(defect) }
    }
}
