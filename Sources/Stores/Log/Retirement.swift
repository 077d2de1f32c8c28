internal import Foundation

/// Records that were moved to an archive: what is missing in the tables for this reason is not missing.
public struct Retirement: Sendable, Hashable {
    public private(set) var messages: [ClosedRange<Int64>] = []
    public private(set) var certificates: [ClosedRange<Int64>] = []
    private let archive: String
    /// By the gateway's own key over `signedText`; without it anybody who can write to the database could have written the note.
    public private(set) var signature: [UInt8]?

    public static let action = "retire"
    private static let mark = " signed "

    /// Signs with the gateway's key.
    public typealias Signer = @Sendable (_ text: [UInt8]) async throws -> [UInt8]

    init(messages: [Int64] = [], certificates: [Int64] = [], archive path: String) {
        self.messages = Retirement.ranges(messages)
        self.certificates = Retirement.ranges(certificates)
        archive = URL(fileURLWithPath: path).lastPathComponent
    }

    /// - Returns: `nil` for a note of something else.
    public init?(_ note: ChangeNote) {
        guard note.action == Retirement.action else { return nil }
        var detail = note.detail[...]
        if let mark = detail.range(of: Retirement.mark, options: .backwards) {
            signature = Data(base64Encoded: String(detail[mark.upperBound...])).map { Array($0) }
            detail = detail[..<mark.lowerBound]
        }
        let words = detail.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4, words[2] == "to", let ranges = Retirement.ranges(words[1]) else { return nil }
        archive = words[3]
        switch words[0] {
        case "messages": messages = ranges
        case "certificates": certificates = ranges
        default: return nil
        }
    }

    /// What is signed of a note.
    public func signedText(by actor: String, at moment: String) -> [UInt8] {
        Array("coconect-retirement 1\nat \(moment)\nactor \(actor)\nmoved \(text)\n".utf8)
    }

    func note(by actor: String, at now: String, sign: Signer) async throws -> ChangeNote {
        let signature = Data(try await sign(signedText(by: actor, at: now))).base64EncodedString()
        return ChangeNote(at: now, actor: actor, action: Retirement.action, detail: text + Retirement.mark + signature)
    }

    private var text: String {
        let kind = messages.isEmpty ? "certificates" : "messages"
        let ranges = (messages + certificates).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return "\(kind) \(ranges.joined(separator: ",")) to \(archive)"
    }

    private static func ranges(_ positions: [Int64]) -> [ClosedRange<Int64>] {
        var ranges: [ClosedRange<Int64>] = []
        for position in positions.sorted() {
            if let last = ranges.last, last.upperBound + 1 == position {
                ranges[ranges.count - 1] = last.lowerBound...position
            } else {
                ranges.append(position...position)
            }
        }
        return ranges
    }

    private static func ranges(_ text: String) -> [ClosedRange<Int64>]? {
        let ranges = text.split(separator: ",", omittingEmptySubsequences: false).map { part -> ClosedRange<Int64>? in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends.last ?? nil, first <= last else { return nil }
            return first...last
        }
        return ranges.contains(nil) ? nil : ranges.compactMap { $0 }
    }
}
