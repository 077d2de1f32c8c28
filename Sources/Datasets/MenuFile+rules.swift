extension MenuFile.Rule {
    /// Refuses a rule that would hold nowhere, or say nothing.
    func check() throws(MenuError) {
        let letters = Set(ops ?? "")
        guard (of == nil) != (ops == nil), of == nil || of == "certificate",
            ops == nil || (!letters.isEmpty && letters.isSubset(of: "SACF"))
        else { throw MenuError("the rule '\(text)' needs either of: certificate, or ops with the letters of operations") }
        let demands: [Any?] = [any, need, forbid, same, differ, digest, period]
        guard demands.compactMap(\.self).count == 1 else { throw MenuError("the rule '\(text)' must have exactly one demand") }
    }

    /// The rule as it holds in an operation, `nil` where it does not.
    ///
    /// - Throws: `MenuError` where it names an element that the message does not have.
    func rule(in letter: String, of message: MenuClass) throws(MenuError) -> MenuRule? {
        let place: [String]
        switch (of, letter) {
        case ("certificate", "S"): place = names(at ?? "")
        case ("certificate", "A"): place = ["amendment", "certificate"] + names(at ?? "")
        case (nil, _) where (ops ?? "").contains(letter): place = names(at ?? "")
        default: return nil
        }
        do throws(MenuError) {
            let path = try MenuPath(place, from: message)
            guard let here = path.below else { throw MenuError("\(place.joined(separator: ".")) has no elements below it") }
            var conditions: [(path: MenuPath, values: [[UInt8]])] = []
            for (name, values) in (when ?? [:]).sorted(by: { $0.key < $1.key }) {
                conditions.append((try MenuPath(names(name), from: here), values.map { Array($0.utf8) }))
            }
            return MenuRule(place: path, conditions: conditions, demand: try demand(here, message), text: text)
        } catch {
            throw MenuError("the rule '\(text)': \(error.description)")
        }
    }

    private func demand(_ here: MenuClass, _ message: MenuClass) throws(MenuError) -> MenuRule.Demand {
        if let any { return .any(try paths(any, from: here)) }
        if let need {
            var groups: [[MenuPath]] = []
            for text in need { groups.append(try alternatives(text, from: here)) }
            return .need(groups)
        }
        if let forbid { return .forbid(try paths(forbid, from: here)) }
        if let pair = same ?? differ, pair.count == 2 {
            let both = try paths(pair, from: message)
            return .compare(both[0], both[1], parent: try MenuPath(names(pair[1]).dropLast(), from: message), equal: same != nil)
        }
        if let digest, digest.count == 2 {
            let both = try paths(digest, from: here)
            return .digest(both[0], of: both[1])
        }
        if let period {
            let path = try MenuPath(names(period), from: here)
            guard let below = path.below else { throw MenuError("\(period) is no period") }
            return .period(
                path, from: try MenuPath(["from"], from: below), to: try MenuPath(["to"], from: below),
                issued: try? MenuPath(["issueDateTime"], from: here), months: months)
        }
        throw MenuError("it demands nothing")
    }

    private func paths(_ texts: [String], from start: MenuClass) throws(MenuError) -> [MenuPath] {
        var paths: [MenuPath] = []
        for text in texts { paths.append(try MenuPath(names(text), from: start)) }
        return paths
    }

    /// `a.b|c` is `a.b` and `a.c`.
    private func alternatives(_ text: String, from start: MenuClass) throws(MenuError) -> [MenuPath] {
        let steps = names(text)
        var paths: [MenuPath] = []
        for last in (steps.last ?? "").split(separator: "|") { paths.append(try MenuPath(steps.dropLast() + [String(last)], from: start)) }
        return paths
    }

    private func names(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
}
