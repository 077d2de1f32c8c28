internal import XML
internal import XMLSignature

/// A rule between elements, which no cardinality can say.
public struct MenuRule: Sendable {
    public enum Demand: Sendable {
        /// At least one of these elements must be there.
        case any([String])
        /// Each path must be there; a path steps into every list entry.
        case need([[String]])
        /// None of the paths may be there.
        case forbid([[String]])
        /// The texts at two paths from the top are the same, or are not.
        case same([String], [String])
        case differ([String], [String])
        /// The period at the path does not end before it starts; or, with months, not later than so many after that day or the day
        /// of issue.
        case period([String], months: Int?)
        /// The first element is the SHA-256, in hexadecimal, of the bytes that the second holds in base64.
        case digest(String, of: String)
    }

    /// The element at which the rule is judged; empty is the top.
    let place: [String]
    /// It holds where one of these elements has one of the values; where there are none, always.
    let conditions: [(path: [String], values: [String])]
    public let demand: Demand
    public let text: String

    /// Made once the message is known, so that a rule that holds costs little.
    var index: RuleIndex?

    /// The places where the rule is broken.
    func violations(in dataset: Dataset) -> [DatasetPlace] {
        if let index, index.holds(in: dataset) { return [] }
        return dataset.root.places(place[...]).flatMap { at in
            let applies = conditions.isEmpty || conditions.contains { at.record.text($0.path).map($0.values.contains) ?? false }
            guard applies else { return [DatasetPlace]() }
            return violations(at.record, in: dataset).map { DatasetPlace(steps: at.place.steps + $0.steps) }
        }
    }

    private func violations(_ record: DatasetRecord, in dataset: Dataset) -> [DatasetPlace] {
        switch demand {
        case .any(let names):
            guard !names.contains(where: record.has), let element = record.menuClass.element(names[0]) else { return [] }
            return [DatasetPlace(steps: [.init(element: element)])]
        case .need(let paths): return paths.flatMap { record.missing($0[...]) }
        case .forbid(let paths): return paths.flatMap { record.present($0[...]) }
        case .same(let one, let other): return compare(one, other, in: dataset) { $0 == $1 }
        case .differ(let one, let other): return compare(one, other, in: dataset) { $0 != $1 }
        case .period(let path, let months):
            guard let period = record.places(path[...]).first, !Period(period.record, issued: record.text("issueDateTime")).fits(months)
            else { return [] }
            return [period.place]
        case .digest(let name, let content):
            guard let digest = record.text(name), let bytes = record.text(content).flatMap(Base64.decode),
                !digest.utf8.elementsEqual(Digest(of: bytes).hex.utf8), let element = record.menuClass.element(name)
            else { return [] }
            return [DatasetPlace(steps: [.init(element: element)])]
        }
    }

    /// Both from the top; the place is the element that is at fault, seen from where the rule is judged.
    private func compare(
        _ one: [String], _ other: [String], in dataset: Dataset, _ holds: ([UInt8]?, [UInt8]?) -> Bool
    ) -> [DatasetPlace] {
        // Where what the other one stands in is not there, another rule says so.
        guard dataset.root.places(other.dropLast()[...]).first != nil,
            !holds(dataset.root.text(one).map { Array($0.utf8) }, dataset.root.text(other).map { Array($0.utf8) })
        else { return [] }
        return [DatasetPlace(steps: dataset.root.steps(other[...]).dropFirst(place.count).map(\.self))]
    }
}

extension Dataset {
    /// What the message's rules have against it, as many problems as are told.
    func brokenRules(at place: (DatasetPlace) -> String) -> [DatasetProblem] {
        var problems: [DatasetProblem] = []
        for rule in message.rules {
            for broken in rule.violations(in: self).prefix(DatasetError.limit - problems.count) {
                problems.append(DatasetProblem(.rule, at: place(broken), rule.text, wcoID: broken.wcoID))
            }
        }
        return problems
    }
}

extension DatasetRecord {
    /// Every record that a path reaches, with its place seen from here.
    fileprivate func places(_ path: ArraySlice<String>) -> [(record: DatasetRecord, place: DatasetPlace)] {
        guard let name = path.first else { return [(self, DatasetPlace())] }
        guard let element = menuClass.element(name) else { return [] }
        let below = records(name)
        return below.enumerated().flatMap { index, record in
            record.places(path.dropFirst()).map { found in
                (found.record, DatasetPlace(steps: [.init(element: element, number: (index, below.count))] + found.place.steps))
            }
        }
    }

    /// Every place where the path ends in nothing though what is above it is there.
    fileprivate func missing(_ path: ArraySlice<String>) -> [DatasetPlace] {
        guard let last = path.last else { return [] }
        return places(path.dropLast()).flatMap { found -> [DatasetPlace] in
            guard !found.record.has(last), let element = found.record.menuClass.element(last) else { return [] }
            return [DatasetPlace(steps: found.place.steps + [.init(element: element)])]
        }
    }

    /// Every place where the path ends in something.
    fileprivate func present(_ path: ArraySlice<String>) -> [DatasetPlace] {
        guard let last = path.last else { return [] }
        return places(path.dropLast()).flatMap { found -> [DatasetPlace] in
            guard found.record.has(last), let element = found.record.menuClass.element(last) else { return [] }
            return [DatasetPlace(steps: found.place.steps + [.init(element: element)])]
        }
    }

    fileprivate func text(_ path: [String]) -> String? {
        path.last.flatMap { name in places(path.dropLast()).first?.record.text(name) }
    }

    fileprivate func steps(_ path: ArraySlice<String>) -> [DatasetPlace.Step] {
        guard let name = path.first, let element = menuClass.element(name) else { return [] }
        return [.init(element: element)] + (record(name)?.steps(path.dropFirst()) ?? [])
    }
}
