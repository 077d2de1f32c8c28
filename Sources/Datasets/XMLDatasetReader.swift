public import XML

extension Dataset {
    /// Translates and validates in one walk along the menu.
    ///
    /// - Parameter element: the message's element, from a verified Body.
    /// - Throws: `DatasetError` with an XPath for each problem.
    public init(reading element: XMLElement, as message: MenuMessage) throws(DatasetError) {
        var reader = XMLDatasetReader()
        let root = reader.record(element, message.menuClass)
        if reader.problems.isEmpty {
            for rule in message.rules {
                for path in rule.missing(in: root) {
                    reader.note(.rule, at: element.path + root.xmlPath(path), rule.text)
                }
            }
        }
        guard reader.problems.isEmpty else { throw DatasetError(reader.problems) }
        self.init(message, root: root)
    }
}

private struct XMLDatasetReader {
    var problems: [DatasetProblem] = []

    mutating func note(_ code: DatasetProblem.Code, at place: @autoclosure () -> String, _ text: @autoclosure () -> String) {
        guard problems.count < DatasetError.limit else { return }
        problems.append(DatasetProblem(code, at: place(), text()))
    }

    /// Elements must come in the order of the menu, as the schema's sequence demands.
    mutating func record(_ element: XMLElement, _ menuClass: MenuClass) -> Record {
        if element.hasStrayText { note(.unexpectedContent, at: element.path, "text stands between the elements") }
        refuseAttributes(of: element)
        var record = Record(menuClass)
        var lists: [Int: [Value]] = [:]
        var next = 0
        for child in element.children {
            guard let index = index(of: child, in: menuClass, from: next) else {
                refuse(child, in: menuClass, known: record, from: next)
                continue
            }
            for skipped in next..<index { noteIfMissing(menuClass.elements[skipped], record.values[skipped], in: element) }
            let menu = menuClass.elements[index]
            guard let value = value(child, menu.content) else {
                // Already noted; a place holder keeps it from being noted again as missing.
                record.values[index] = .text("")
                next = menu.cardinality.isList ? index : index + 1
                continue
            }
            if menu.cardinality.isList {
                lists[index, default: []].append(value)
                record.values[index] = .text("")
                next = index
            } else {
                record.values[index] = value
                next = index + 1
            }
        }
        for rest in next..<menuClass.elements.count { noteIfMissing(menuClass.elements[rest], record.values[rest], in: element) }
        for (index, values) in lists { record.values[index] = .list(values) }
        return record
    }

    private func index(of child: XMLElement, in menuClass: MenuClass, from next: Int) -> Int? {
        menuClass.elements[next...].firstIndex { child.has($0.xml) }
    }

    private mutating func refuse(_ child: XMLElement, in menuClass: MenuClass, known record: Record, from next: Int) {
        guard problems.count < DatasetError.limit else { return }
        guard let earlier = menuClass.elements[..<next].firstIndex(where: { child.has($0.xml) }) else {
            let names = menuClass.elements.map(\.xml.local)
            let near = child.local.nearest(in: names, within: 3).first
            let hint =
                if let near, near == child.local {
                    "; its namespace is '\(child.namespace)', expected '\(menuClass.elements[0].xml.namespace)'"
                } else if let near { "; did you mean \(near)?" } else { "" }
            note(.unknownElement, at: child.path, "\(child.local) is not known in \(menuClass.name)\(hint)")
            return
        }
        if record.values[earlier] != nil, earlier == next - 1 || !menuClass.elements[earlier].cardinality.isList {
            note(.repeatedElement, at: child.path, "\(child.local) may stand only once")
        } else {
            note(.wrongOrder, at: child.path, "\(child.local) must stand before \(menuClass.elements[next - 1].xml.local)")
        }
    }

    private mutating func noteIfMissing(_ menu: MenuElement, _ value: Value?, in parent: XMLElement) {
        guard value == nil, menu.cardinality.minimum > 0 else { return }
        note(.missingElement, at: parent.path + "/" + menu.xml.local, "\(menu.xml.local) is mandatory: \(menu.source.text)")
    }

    private mutating func refuseAttributes(of element: XMLElement) {
        guard element.hasAttributes else { return }
        for attribute in element.attributes {
            note(.unexpectedContent, at: element.path + "/@" + attribute.name.local, "elements of a dataset have no attributes")
        }
    }

    private mutating func value(_ element: XMLElement, _ content: MenuElement.Content) -> Value? {
        switch content {
        case .record(let menuClass): return .record(record(element, menuClass))
        case .simple(let format): return simple(element, format)
        }
    }

    private mutating func simple(_ element: XMLElement, _ format: ElementFormat) -> Value? {
        refuseAttributes(of: element)
        guard element.isPlainText || !element.children.contains(where: { _ in true }) else {
            note(.unexpectedContent, at: element.path, "\(element.local) holds text, not elements")
            return nil
        }
        guard problems.count < DatasetError.limit else { return nil }
        let text = format.collapsesWhiteSpace ? element.text.trimmedXML : element.text
        if let violation = format.violation(text) {
            note(violation.code, at: element.path, violation.text)
            return nil
        }
        switch format {
        case .integer: return Int(text).map(Value.integer)
        case .boolean: return .boolean(text == "true" || text == "1")
        case .base64: return Base64.decode(text).map { .text(Base64.encode($0)) }
        case .text, .pattern, .code, .decimal, .date, .dateTime: return .text(text)
        }
    }
}

extension Record {
    /// The place of a path of JSON names as the tail of an XPath.
    fileprivate func xmlPath(_ path: [Step]) -> String {
        var text = ""
        var record: Record? = self
        var list: [Value] = []
        for step in path {
            switch step {
            case .name(let name):
                guard let current = record, let index = current.menuClass.index(json: name) else { return text }
                text += "/" + current.menuClass.elements[index].xml.local
                if case .list(let values) = current.values[index] { list = values } else { record = current.values[index]?.record }
            case .index(let index):
                if list.count > 1 { text += "[\(index + 1)]" }
                record = list[index].record
            }
        }
        return text
    }
}
