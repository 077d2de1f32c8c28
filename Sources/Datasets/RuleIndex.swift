/// A rule with its names turned into places among the elements of classes: says fast whether it holds, which is nearly always.
/// Where it does not, `MenuRule` finds the places and the words.
struct RuleIndex: Sendable {
    private let place: [Int32]
    private let conditions: [(path: [Int32], values: [[UInt8]])]
    private let demand: Demand

    private enum Demand: Sendable {
        case any([Int32])
        case need([[Int32]])
        case forbid([[Int32]])
    }

    /// - Returns: `nil` where the rule compares texts, which is looked at each time.
    init?(_ rule: MenuRule, _ message: MenuClass) {
        guard let (place, here) = message.indexes(rule.place) else { return nil }
        self.place = place
        var conditions: [(path: [Int32], values: [[UInt8]])] = []
        for condition in rule.conditions {
            guard let (path, _) = here.indexes(condition.path) else { return nil }
            conditions.append((path, condition.values.map { Array($0.utf8) }))
        }
        self.conditions = conditions
        func indexes(_ paths: [[String]]) -> [[Int32]] { paths.compactMap { here.indexes($0)?.path } }
        switch rule.demand {
        case .any(let names): demand = .any(indexes(names.map { [$0] }).map { $0[0] })
        case .need(let paths): demand = .need(indexes(paths))
        case .forbid(let paths): demand = .forbid(indexes(paths))
        case .same, .differ, .period, .digest: return nil
        }
    }

    func holds(in dataset: Dataset) -> Bool {
        dataset.entries.withUnsafeBufferPointer { entries in
            every(entries, 0..<entries.count, place[...]) { range in
                guard applies(dataset, entries, range) else { return true }
                switch demand {
                case .any(let names): return names.contains { name in exists(entries, range, [name][...]) }
                case .need(let paths):
                    return paths.allSatisfy { path in
                        every(entries, range, path.dropLast()) { exists(entries, $0, path.suffix(1)) }
                    }
                case .forbid(let paths): return !paths.contains { exists(entries, range, $0[...]) }
                }
            }
        }
    }

    private func applies(_ dataset: Dataset, _ entries: UnsafeBufferPointer<Dataset.Entry>, _ range: Range<Int>) -> Bool {
        conditions.isEmpty
            || conditions.contains { condition in
                guard let entry = first(entries, range, condition.path[...]) else { return false }
                let text = dataset.bytes(of: entry)
                return condition.values.contains { $0.elementsEqual(text) }
            }
    }

    /// Whether the body says yes of what is below every element that the path reaches.
    private func every(
        _ entries: UnsafeBufferPointer<Dataset.Entry>, _ range: Range<Int>, _ path: ArraySlice<Int32>, _ body: (Range<Int>) -> Bool
    ) -> Bool {
        guard let wanted = path.first else { return body(range) }
        var position = range.lowerBound
        while position < range.upperBound {
            let end = position + Int(entries[position].size)
            if entries[position].element == wanted, !every(entries, position + 1..<end, path.dropFirst(), body) { return false }
            position = end
        }
        return true
    }

    private func exists(_ entries: UnsafeBufferPointer<Dataset.Entry>, _ range: Range<Int>, _ path: ArraySlice<Int32>) -> Bool {
        first(entries, range, path) != nil
    }

    /// The first entry that the path reaches.
    private func first(
        _ entries: UnsafeBufferPointer<Dataset.Entry>, _ range: Range<Int>, _ path: ArraySlice<Int32>
    ) -> Dataset.Entry? {
        guard let wanted = path.first else { return nil }
        var position = range.lowerBound
        while position < range.upperBound {
            let end = position + Int(entries[position].size)
            if entries[position].element == wanted {
                if path.count == 1 { return entries[position] }
                if let found = first(entries, position + 1..<end, path.dropFirst()) { return found }
            }
            position = end
        }
        return nil
    }
}

extension MenuClass {
    /// The places of a path of JSON names, and the class below its end where it has one (else the class it stands in).
    fileprivate func indexes(_ path: [String]) -> (path: [Int32], below: MenuClass)? {
        var indexes: [Int32] = []
        var menuClass = self
        for name in path {
            guard let index = menuClass.index(json: name) else { return nil }
            indexes.append(Int32(index))
            menuClass = menuClass.record(name) ?? menuClass
        }
        return (indexes, menuClass)
    }
}
