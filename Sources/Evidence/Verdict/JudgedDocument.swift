public import Documents

/// A document that travels in a message, judged.
public struct JudgedDocument: Sendable, Encodable {
    /// Of the attachment in the dataset (RFC 6901).
    public let pointer: String
    /// As its sender named it.
    public let fileName: String
    public let mediaType: String
    public let verdict: DocumentVerdict

    public init(pointer: String, fileName: String, mediaType: String, verdict: DocumentVerdict) {
        self.pointer = pointer
        self.fileName = fileName
        self.mediaType = mediaType
        self.verdict = verdict
    }
}

/// The verdict on a message with those on the documents in it.
public struct JudgedMessage: Encodable {
    private let verdict: Verdict
    private let documents: [JudgedDocument]?

    public init(verdict: Verdict, documents: [JudgedDocument]?) {
        self.verdict = verdict
        self.documents = documents
    }

    private enum Key: CodingKey { case documents }

    public func encode(to encoder: any Encoder) throws {
        try verdict.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(documents, forKey: .documents)
    }
}
