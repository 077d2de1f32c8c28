extension MenuFile {
    /// The menu as an agreement has it: its demands on each element laid over the rows, its own elements added.
    func narrowed(by agreement: AgreementFile) throws(MenuError) -> MenuFile {
        var narrowing = Narrowing(file: self, agreement: agreement)
        return try narrowing.run()
    }
}

private struct Narrowing {
    private var file: MenuFile
    private let agreement: AgreementFile
    private let namespace: String
    /// Paths that were met; what is left over is a mistake in the file.
    private var met: Set<String> = []

    init(file: MenuFile, agreement: AgreementFile) {
        self.file = file
        self.agreement = agreement
        namespace = Agreement.namespace(agreement.agreement, agreement.version)
    }

    mutating func run() throws(MenuError) -> MenuFile {
        file.lists.merge(agreement.lists ?? [:]) { _, own in own }
        try addExtensions()
        var rows: [MenuFile.Element] = []
        for row in file.elements {
            guard row.isOfCertificate else {
                rows.append(row)
                continue
            }
            // Elsewhere than in the certificate the element keeps the menu's cardinality.
            var elsewhere = row
            elsewhere.ops = row.ops.map { $0.filter { $0 != "S" } }
            try restrictText(&elsewhere, row.json)
            if elsewhere.ops?.isEmpty == false { rows.append(elsewhere) }
            var narrowed = try narrow(row, path: row.json, name: agreement.agreement)
            narrowed.ops = "S"
            rows.append(narrowed)
        }
        file.elements = rows
        if let unknown = agreement.paths.subtracting(met).sorted().first { throw MenuError("\(unknown) is no element of a certificate") }
        file.rules += agreement.rules ?? []
        if let months = agreement.validityMonths {
            file.rules.append(.validity(months))
        }
        let procedures = agreement.procedures
        guard (1...8760).contains(procedures.holdHours) else {
            throw MenuError("procedures.holdHours is \(procedures.holdHours); an early message is held for 1 to 8760 hours")
        }
        guard (1...1000).contains(procedures.tries) else {
            throw MenuError("procedures.tries is \(procedures.tries); a message is tried 1 to 1000 times")
        }
        file.rules.append(.amendments(agreement.procedures.amendments, agreement.agreement))
        return file
    }

    /// - Parameter name: what the names of narrowed classes start with.
    private mutating func narrow(_ row: MenuFile.Element, path: String, name: String) throws(MenuError) -> MenuFile.Element {
        var row = row
        met.insert(path)
        try apply(agreement.elements[path], to: &row, path)
        if let limit = agreement.limits?[path] {
            guard row.card.hasSuffix("n") else { throw MenuError("\(path) is no list, so it has no limit") }
            guard limit > 0 else { throw MenuError("\(path) has the limit \(limit); where nothing may stand, it is not used (N)") }
            row.limit = limit
        }
        try restrictText(&row, path)
        guard let type = row.type, concernsBelow(path) else { return row }
        guard let below = file.classes[type] else { throw MenuError("no class \(type)") }
        let narrowedName = name + row.xml
        var narrowed: [MenuFile.Element] = []
        for element in below { narrowed.append(try narrow(element, path: path + "." + element.json, name: narrowedName)) }
        guard file.classes[narrowedName] == nil else { throw MenuError("two classes would be named \(narrowedName)") }
        file.classes[narrowedName] = narrowed
        row.type = narrowedName
        return row
    }

    private func apply(_ use: AgreementFile.Use?, to row: inout MenuFile.Element, _ path: String) throws(MenuError) {
        switch use {
        case .mandatory: row.card = row.card == "0..1" ? "1" : row.card.replacing("0..", with: "1..")
        case .optional, .notUsed:
            guard row.card.hasPrefix("0") else { throw MenuError("\(path) is mandatory in every certificate") }
            if use == .notUsed { row.used = false }
        case nil: break
        }
    }

    private func restrictText(_ row: inout MenuFile.Element, _ path: String) throws(MenuError) {
        let isText = row.format?.hasPrefix("a") == true
        if let list = agreement.codes?[path] {
            guard isText else { throw MenuError("\(path) is no text, so it has no codes") }
            row.list = list
        }
        if let pattern = agreement.patterns?[path] {
            guard isText, row.list == nil else { throw MenuError("\(path) is no free text, so it has no pattern") }
            row.pattern = pattern
        }
        if path == "typeCode" { row.only = agreement.documentTypes }
        if path == "agreementCode" {
            row.pattern = agreement.agreement
            if row.isOfCertificate { row.card = "1" }
        }
    }

    private func concernsBelow(_ path: String) -> Bool {
        agreement.paths.contains { $0.hasPrefix(path + ".") }
    }

    /// The agreement's own elements, in its own namespace, also where they use a class of the menu.
    private mutating func addExtensions() throws(MenuError) {
        guard let index = file.elements.firstIndex(where: { $0.json == "extensions" }) else {
            throw MenuError("the menu has no extensions")
        }
        guard let own = agreement.extensions, !own.isEmpty else {
            file.elements[index].used = false
            return
        }
        let name = agreement.agreement + "Extension"
        file.classes[name] = try inOwnNamespace(own, depth: 0)
        let isMandatory = own.contains { $0.card.hasPrefix("1") }
        file.classes["Extensions"] = [
            MenuFile.Element(
                json: agreement.agreement, xml: agreement.agreement, type: name, card: isMandatory ? "1" : "0..1",
                text: "New elements of \(agreement.title)", namespace: namespace)
        ]
        if isMandatory { file.elements[index].card = "1" }
    }

    private mutating func inOwnNamespace(_ rows: [MenuFile.Element], depth: Int) throws(MenuError) -> [MenuFile.Element] {
        guard depth < 16 else { throw MenuError("a class of the agreement contains itself") }
        var moved: [MenuFile.Element] = []
        for row in rows {
            var row = row
            row.namespace = namespace
            row.ops = nil
            if let type = row.type {
                guard let below = agreement.classes?[type] ?? file.classes[type] else { throw MenuError("no class \(type)") }
                row.type = agreement.agreement + "Own" + type
                file.classes[row.type!] = try inOwnNamespace(below, depth: depth + 1)
            }
            moved.append(row)
        }
        return moved
    }
}

extension MenuFile.Element {
    /// The row that stands for all of an agreement's own elements.
    init(json: String, xml: String, type: String, card: String, text: String, namespace: String) {
        self.json = json
        self.xml = xml
        self.type = type
        self.card = card
        self.text = text
        self.namespace = namespace
        basis = "inference"
        (minimum, id, self.class, tag, envelope) = (nil, nil, nil, nil, nil)
    }
}

extension MenuFile.Rule {
    private init(
        of: String?, ops: String?, at: String?, when: [String: [String]]?, forbid: [String]?, period: String?, months: Int?, text: String
    ) {
        self.of = of
        self.ops = ops
        self.at = at
        self.when = when
        self.forbid = forbid
        self.period = period
        self.months = months
        self.text = text
        (any, need, same, differ, digest) = (nil, nil, nil, nil, nil)
    }

    fileprivate static func validity(_ months: Int) -> MenuFile.Rule {
        MenuFile.Rule(
            of: "certificate", ops: nil, at: nil, when: nil, forbid: nil, period: "validity", months: months,
            text: "a certificate is valid for at the most \(months) months")
    }

    /// Kinds of amendment that an agreement does not have.
    fileprivate static func amendments(_ allowed: [String], _ code: String) -> MenuFile.Rule {
        let others = ["1", "4", "5"].filter { !allowed.contains($0) }
        return MenuFile.Rule(
            of: nil, ops: "A", at: "amendment", when: ["kind": others], forbid: ["kind"], period: nil, months: nil,
            text: "\(code) allows only the amendments \(allowed.joined(separator: ", "))")
    }
}
