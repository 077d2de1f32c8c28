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
        let bytes = Array(text.utf8)
        var start = 0
        while start <= bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            guard let space = bytes[start..<end].firstIndex(of: UInt8(ascii: " ")) else { return nil }
            let (name, value) = (bytes[start..<space], bytes[(space + 1)..<end])
            start = end + 1
            if let kind = WrittenWith.kinds.first(where: { $0.name == name })?.kind {
                guard let digest = [UInt8](hexadecimal: value), digest.count == 32 else { return nil }
                contents[kind] = Digest(value: digest)
                continue
            }
            switch String(decoding: name, as: UTF8.self) {
            case "attempts":
                guard let attempts = MessageChange.Attempts(rawValue: String(decoding: value, as: UTF8.self)) else { return nil }
                (self.attempts, isWhole) = (attempts, true)
            case "signer": signer = String(decoding: value, as: UTF8.self)
            case "body": bodyDigest = String(decoding: value, as: UTF8.self)
            default: return nil
            }
        }
        guard isWhole else { return nil }
    }

    private static let kinds = ContentKind.allCases.map { (kind: $0, name: Array($0.rawValue.utf8)[...]) }
}
