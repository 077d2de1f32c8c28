extension MenuFile.Rule {
    /// The rule as it holds in an operation, `nil` where it does not.
    ///
    /// - Throws: `MenuError` where it names an element that the message does not have.
    func rule(in letter: String, of message: MenuClass) throws(MenuError) -> MenuRule? {
        let place: [String]
        switch (of, letter) {
        case ("certificate", "S"): place = path(at ?? "")
        case ("certificate", "A"): place = ["amendment", "certificate"] + path(at ?? "")
        case (nil, _) where (ops ?? "").contains(letter): place = path(at ?? "")
        default: return nil
        }
        var rule = MenuRule(
            place: place,
            conditions: (when ?? [:]).map { (path: path($0), values: $1) }.sorted { $0.path.lexicographicallyPrecedes($1.path) },
            demand: try demand, text: text)
        try check(rule, message)
        rule.index = RuleIndex(rule, message)
        return rule
    }

    private var demand: MenuRule.Demand {
        get throws(MenuError) {
            if let any { return .any(any) }
            if let need { return .need(need.map(path)) }
            if let forbid { return .forbid(forbid.map(path)) }
            if let same, same.count == 2 { return .same(path(same[0]), path(same[1])) }
            if let differ, differ.count == 2 { return .differ(path(differ[0]), path(differ[1])) }
            if let digest, digest.count == 2 { return .digest(digest[0], of: digest[1]) }
            if let period { return .period(path(period), months: months) }
            throw MenuError("the rule '\(text)' demands nothing")
        }
    }

    private func check(_ rule: MenuRule, _ message: MenuClass) throws(MenuError) {
        func demand(_ path: [String], from menuClass: MenuClass) throws(MenuError) {
            guard menuClass.reaches(path[...]) else {
                throw MenuError("the rule '\(text)' names the unknown element \(path.joined(separator: "."))")
            }
        }
        try demand(rule.place, from: message)
        guard let here = message.record(at: rule.place[...]) else {
            throw MenuError("the rule '\(text)' is judged at an element without elements")
        }
        for condition in rule.conditions { try demand(condition.path, from: here) }
        switch rule.demand {
        case .any(let names): for name in names { try demand([name], from: here) }
        case .need(let paths), .forbid(let paths): for path in paths { try demand(path, from: here) }
        case .same(let one, let other), .differ(let one, let other):
            try demand(one, from: message)
            try demand(other, from: message)
        case .digest(let one, let other): for name in [one, other] { try demand([name], from: here) }
        case .period(let path, _): try demand(path, from: here)
        }
    }

    private func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
}

extension MenuClass {
    fileprivate func reaches(_ path: ArraySlice<String>) -> Bool {
        guard let name = path.first else { return true }
        guard element(name) != nil else { return false }
        return path.count == 1 || record(name)?.reaches(path.dropFirst()) ?? false
    }

    fileprivate func record(at path: ArraySlice<String>) -> MenuClass? {
        path.first.map { record($0)?.record(at: path.dropFirst()) } ?? self
    }
}
