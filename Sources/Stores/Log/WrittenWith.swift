public import XMLSignature

/// What was written of a message together with an event, so that the event's record covers it: the digests of the bytes kept then, and
/// what changed in the message's row.
public struct WrittenWith: Sendable, Hashable {
    public var contents: [ContentKind: Digest]
    public var signer: String?
    public var bodyDigest: String?
    public var attempts: MessageChange.Attempts

    init(contents: [ContentKind: [UInt8]], signer: String?, bodyDigest: String?, attempts: MessageChange.Attempts) {
        self.contents = contents.mapValues { Digest(of: $0) }
        self.signer = signer
        self.bodyDigest = bodyDigest
        self.attempts = attempts
    }

    /// One line a thing, in a fixed order.
    var text: String {
        var lines = ["attempts \(attempts.rawValue)"]
        if let signer { lines.append("signer \(signer)") }
        if let bodyDigest { lines.append("body \(bodyDigest)") }
        for kind in ContentKind.allCases { if let digest = contents[kind] { lines.append("\(kind.rawValue) \(digest.hex)") } }
        return lines.joined(separator: "\n")
    }

    /// - Returns: `nil` for a text that this program did not write.
    public init?(_ text: String) {
        contents = [:]
        attempts = .none
        var isWhole = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard words.count == 2 else { return nil }
            switch words[0] {
            case "attempts":
                guard let attempts = MessageChange.Attempts(rawValue: words[1]) else { return nil }
                (self.attempts, isWhole) = (attempts, true)
            case "signer": signer = words[1]
            case "body": bodyDigest = words[1]
            default:
                guard let kind = ContentKind(rawValue: words[0]), let digest = [UInt8](hex: words[1]), digest.count == 32 else {
                    return nil
                }
                contents[kind] = Digest(value: digest)
            }
        }
        guard isWhole else { return nil }
    }
}
