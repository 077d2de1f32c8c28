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
        // Byte by byte: a long log has millions of them.
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            let (name, value) = (line[..<space], line[line.index(after: space)...])
            if let kind = ContentKind.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name) }) {
                guard let digest = [UInt8](hexadecimal: value), digest.count == 32 else { return nil }
                contents[kind] = Digest(value: digest)
            } else if name.elementsEqual("attempts".utf8) {
                guard let attempts = MessageChange.Attempts(rawValue: String(Substring(value))) else { return nil }
                (self.attempts, isWhole) = (attempts, true)
            } else if name.elementsEqual("signer".utf8) {
                signer = String(Substring(value))
            } else if name.elementsEqual("body".utf8) {
                bodyDigest = String(Substring(value))
            } else {
                return nil
            }
        }
        guard isWhole else { return nil }
    }
}
