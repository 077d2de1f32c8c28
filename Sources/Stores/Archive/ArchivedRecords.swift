internal import Foundation

/// A message with all that is kept of it.
public struct ArchivedMessage: Sendable, Codable, Hashable {
    public let message: StoredMessage
    public let contents: [ContentKind: [UInt8]]
    public let events: [MessageEvent]
    /// What is still to be done about it.
    public let work: ArchivedWork?

    init(message: StoredMessage, contents: [ContentKind: [UInt8]], events: [MessageEvent], work: ArchivedWork?) {
        self.message = message
        self.contents = contents
        self.events = events
        self.work = work
    }

    private enum Key: CodingKey { case message, contents, events, work }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(message, forKey: .message)
        let texts = contents.map { ($0.key.rawValue, Data($0.value).base64EncodedString()) }
        try container.encode(Dictionary(uniqueKeysWithValues: texts), forKey: .contents)
        try container.encode(events, forKey: .events)
        try container.encodeIfPresent(work, forKey: .work)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        message = try container.decode(StoredMessage.self, forKey: .message)
        events = try container.decode([MessageEvent].self, forKey: .events)
        work = try container.decodeIfPresent(ArchivedWork.self, forKey: .work)
        var contents: [ContentKind: [UInt8]] = [:]
        for (name, text) in try container.decode([String: String].self, forKey: .contents) {
            guard let kind = ContentKind(rawValue: name), let data = Data(base64Encoded: text) else {
                throw DecodingError.dataCorruptedError(forKey: .contents, in: container, debugDescription: "\(name) cannot be read")
            }
            contents[kind] = Array(data)
        }
        self.contents = contents
    }
}

/// Work without its lease, which nobody holds in an archive.
public struct ArchivedWork: Sendable, Codable, Hashable {
    public let direction: Direction
    public let lane: Int64
    public let place: Int64
    public let due: String?
    public let isAwaiting: Bool
}

/// A certificate with the facts that its state is made of.
public struct ArchivedCertificate: Sendable, Codable, Hashable {
    public let certificate: CertificateRecord
    public let facts: [ArchivedFact]
}

public struct ArchivedFact: Sendable, Codable, Hashable {
    public let message: Int64
    public let fact: String
}

/// Which records go into an archive.
public enum ArchiveSelection: Sendable {
    case all
    /// RFC 3339 UTC, from inclusive to exclusive: messages received then of which nothing more is to be done, and certificates over
    /// and done with before its end of which no message is left. The last message and the last certificate always stay, so that no
    /// position is given a second time.
    case finished(from: String, to: String)
}

/// What whole stores are read by.
public protocol ArchiveReading {
    /// Positions of messages in their order, a page of them.
    func positions(_ selection: ArchiveSelection, after position: Int64, limit: Int) throws -> [Int64]
    func archived(message position: Int64) throws -> ArchivedMessage?
    func certificatePositions(_ selection: ArchiveSelection, after position: Int64, limit: Int) throws -> [Int64]
    func archived(certificate position: Int64) throws -> ArchivedCertificate?
    /// How many messages there are.
    func size(_ selection: ArchiveSelection) throws -> Int
    /// When the first message was received of those that are kept.
    func oldest() throws -> String?
}

/// What whole stores are written by.
public protocol ArchiveWriting: ArchiveReading {
    /// Writes what was archived, at its old position.
    func restore(_ message: ArchivedMessage) throws
    func restore(_ certificate: ArchivedCertificate) throws
    /// New records come behind those that were restored.
    func endRestore() throws
    /// Removes a message of which nothing more is to be done; the certificate's facts stay with it.
    func remove(message position: Int64) throws
    func remove(certificate position: Int64) throws
    /// Gives back the room of what was removed that had been received before a moment.
    func endRemoval(before moment: String) throws
}
