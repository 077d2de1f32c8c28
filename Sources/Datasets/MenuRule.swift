internal import XML
internal import XMLSignature

/// A rule between elements, which no cardinality can say.
public struct MenuRule: Sendable {
    enum Demand: Sendable {
        /// At least one of these elements must be there.
        case any([MenuPath])
        /// Of each group of paths, which differ in their last step alone, one must be there.
        case need([[MenuPath]])
        /// None of the paths may be there.
        case forbid([MenuPath])
        /// The texts at two paths from the top are the same, or are not.
        case compare(MenuPath, MenuPath, parent: MenuPath, equal: Bool)
        /// The period at the path does not end before it starts; or, with months, not later than so many after that day or the day
        /// of issue.
        case period(MenuPath, from: MenuPath, to: MenuPath, issued: MenuPath?, months: Int?)
        /// The first element is the SHA-256, in hexadecimal, of the bytes that the second holds in base64.
        case digest(MenuPath, of: MenuPath)
    }

    /// The element at which the rule is judged, from the top.
    let place: MenuPath
    /// It holds where one of these elements has one of the values; where there are none, always.
    let conditions: [(path: MenuPath, values: [[UInt8]])]
    let demand: Demand
    public let text: String
}

extension Dataset {
    /// What the message's rules have against it, as many problems as are told.
    func brokenRules(at place: (DatasetPlace) -> String) -> [DatasetProblem] {
        var problems: [DatasetProblem] = []
        for rule in message.rules {
            breaches(of: rule) { broken in
                guard problems.count < DatasetError.limit else { return }
                let found = broken()
                problems.append(DatasetProblem(.rule, at: place(found), rule.text, wcoID: found.wcoID))
            }
        }
        return problems
    }

    /// Calls `report` for each place where a rule is broken; the place is worked out only where it is asked for.
    private func breaches(of rule: MenuRule, _ report: (() -> DatasetPlace) -> Void) {
        visit(rule.place.indexes[...], from: Dataset.top) { position in
            guard applies(rule, at: position) else { return }
            breaches(of: rule.demand, at: position) { parent, element in
                report {
                    var place = place(of: parent)
                    if let element { place.steps.append(.init(element: element)) }
                    return place
                }
            }
        }
    }

    private func applies(_ rule: MenuRule, at position: Int) -> Bool {
        rule.conditions.isEmpty
            || rule.conditions.contains { condition in
                var isMet = false
                visit(condition.path.indexes[...], from: position) { found in
                    let text = bytes(of: entries[found])
                    if condition.values.contains(where: { $0.elementsEqual(text) }) { isMet = true }
                }
                return isMet
            }
    }

    /// - Parameter report: takes the entry at which something is wrong, and the element below it that is missing or too much.
    private func breaches(of demand: MenuRule.Demand, at position: Int, _ report: (Int, MenuElement?) -> Void) {
        switch demand {
        case .any(let paths):
            if !paths.contains(where: { first($0, from: position) != nil }) { report(position, paths.first?.last) }
        case .need(let groups):
            for group in groups {
                parents(of: group, from: position) { parent, hasOne in
                    if !hasOne { report(parent, group.first?.last) }
                }
            }
        case .forbid(let paths):
            for path in paths { parents(of: [path], from: position) { parent, hasIt in if hasIt { report(parent, path.last) } } }
        case .compare(let one, let other, let parent, let equal):
            // Where what the other one stands in is not there, another rule says so.
            guard let holder = first(parent, from: Dataset.top) else { return }
            if (text(one, from: Dataset.top) == text(other, from: Dataset.top)) != equal { report(holder, other.last) }
        case .period(let path, let from, let to, let issued, let months):
            let issued = issued.flatMap { text($0, from: position) }
            visit(path.indexes[...], from: position) { found in
                if !Period(from: text(from, from: found), to: text(to, from: found), issued: issued).fits(months) { report(found, nil) }
            }
        case .digest(let digest, let content):
            guard let stated = text(digest, from: position), let content = text(content, from: position),
                let bytes = Base64.decode(String(decoding: content, as: UTF8.self))
            else { return }
            if !stated.elementsEqual(Digest(of: bytes).hex.utf8) { report(position, digest.last) }
        }
    }

    /// Every entry in which the last step of the paths would stand, and whether one of them stands there.
    private func parents(of paths: [MenuPath], from position: Int, _ body: (Int, Bool) -> Void) {
        let steps = paths.compactMap(\.indexes.last)
        guard let way = paths.first?.indexes.dropLast() else { return }
        visit(way, from: position) { parent in body(parent, steps.contains { has($0, below: parent) }) }
    }
}
