internal import Foundation

/// Records that were moved to an archive: what is missing in the tables for this reason is not missing.
public struct Retirement: Sendable, Hashable {
    public private(set) var messages: [ClosedRange<Int64>] = []
    public private(set) var certificates: [ClosedRange<Int64>] = []
    private let archive: String

    public static let action = "retire"

    init(messages: [Int64] = [], certificates: [Int64] = [], archive path: String) {
        self.messages = Retirement.ranges(messages)
        self.certificates = Retirement.ranges(certificates)
        archive = URL(fileURLWithPath: path).lastPathComponent
    }

    /// - Returns: `nil` for a note of something else.
    public init?(_ note: ChangeNote) {
        guard note.action == Retirement.action else { return nil }
        let words = note.detail.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4, words[2] == "to", let ranges = Retirement.ranges(words[1]) else { return nil }
        archive = words[3]
        switch words[0] {
        case "messages": messages = ranges
        case "certificates": certificates = ranges
        default: return nil
        }
    }

    func note(by actor: String, at now: String) -> ChangeNote {
        let kind = messages.isEmpty ? "certificates" : "messages"
        let ranges = (messages + certificates).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return ChangeNote(
            at: now, actor: actor, action: Retirement.action, detail: "\(kind) \(ranges.joined(separator: ",")) to \(archive)")
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
