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

    /// The places where something is missing, none where the rule holds.
    func missing(in dataset: Dataset) -> [DatasetPlace] {
        let root = dataset.root
        switch demand {
        case .any(let names):
            guard !names.contains(where: root.has), let element = root.menuClass.element(names[0]) else { return [] }
            return [DatasetPlace(steps: [.init(element: element)])]
        case .needed(let conditions, let paths):
            let applies = conditions.contains { name, values in root.text(name).map(values.contains) ?? false }
            return applies ? paths.flatMap { root.missing($0[...]) } : []
        }
    }
}

extension DatasetRecord {
    /// Every place where the path ends in nothing though what is above it is there.
    fileprivate func missing(_ path: ArraySlice<String>) -> [DatasetPlace] {
        guard let name = path.first, let element = menuClass.element(name) else { return [] }
        let rest = path.dropFirst()
        guard !rest.isEmpty else { return has(name) ? [] : [DatasetPlace(steps: [.init(element: element)])] }
        let below = records(name)
        return below.enumerated().flatMap { index, record in
            record.missing(rest).map { place in
                DatasetPlace(steps: [.init(element: element, number: (index, below.count))] + place.steps)
            }
        }
    }
}
