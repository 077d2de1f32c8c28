/// A rule between elements, which no cardinality can say.
public struct MenuRule: Sendable {
    public enum Demand: Sendable {
        /// At least one of these elements must be there.
        case any([String])
        /// Where one of the elements has one of the values, each path must be there; a path steps into every list entry.
        case needed(when: [String: [String]], paths: [[String]])
    }

    public let demand: Demand
    public let text: String

    /// The paths that are missing in a message, empty where the rule holds.
    func missing(in record: Record) -> [[Record.Step]] {
        switch demand {
        case .any(let names):
            return names.contains { record[$0] != nil } ? [] : [[.name(names[0])]]
        case .needed(let conditions, let paths):
            let applies = conditions.contains { name, values in record[name]?.spelling.map(values.contains) ?? false }
            return applies ? paths.flatMap { record.missing($0[...]) } : []
        }
    }
}

extension Record {
    enum Step: Sendable {
        case name(String)
        case index(Int)
    }

    /// Every place where the path ends in nothing though its parents are there.
    fileprivate func missing(_ path: ArraySlice<String>) -> [[Step]] {
        guard let name = path.first else { return [] }
        let rest = path.dropFirst()
        switch self[name] {
        case nil: return rest.isEmpty ? [[.name(name)]] : []
        case .record(let record): return record.missing(rest).map { [.name(name)] + $0 }
        case .list(let values):
            return values.enumerated().flatMap { index, value in
                guard case .record(let record) = value else { return [[Step]]() }
                return record.missing(rest).map { [.name(name), .index(index)] + $0 }
            }
        default: return []
        }
    }
}
