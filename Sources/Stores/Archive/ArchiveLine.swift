internal import Foundation

/// One line of an archive: exactly one of its members is there.
struct ArchiveLine: Codable {
    var archive: Header?
    var message: ArchivedMessage?
    var certificate: ArchivedCertificate?
    var refusal: StoredRefusal?
    var change: StoredChange?
    var seal: StoredSeal?
    var unsealed: UnsealedRecord?
    var tally: Tally?
    var end: ArchiveCounts?

    struct Header: Codable {
        var format = ArchiveLine.format
        let createdAt: String
    }

    /// Grows when a program that knows only the one before could not read it.
    static let format = 2
    /// Archives before it did not have the sealed log.
    static let oldest = 2
}

/// How much an archive holds.
public struct ArchiveCounts: Sendable, Codable, Hashable {
    public var messages = 0
    public var certificates = 0
    public var refusals = 0

    public init(messages: Int = 0, certificates: Int = 0, refusals: Int = 0) {
        self.messages = messages
        self.certificates = certificates
        self.refusals = refusals
    }

    mutating func count(_ line: ArchiveLine) {
        if line.message != nil { messages += 1 }
        if line.certificate != nil { certificates += 1 }
        if line.refusal != nil { refusals += 1 }
    }
}
