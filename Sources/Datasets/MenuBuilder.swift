internal import XML

/// Resolves names of classes and lists, each class once, and refuses what does not resolve.
struct MenuBuilder {
    private let file: MenuFile
    private let lists: [String: CodeList]
    /// Every list that an element uses, by its id.
    private var used: [String: CodeList] = [:]
    private var built: [String: MenuClass] = [:]
    private var order: [MenuClass] = []
    private var underConstruction: Set<String> = []

    init(file: MenuFile, codeLists: [CodeList]) {
        self.file = file
        lists = Dictionary(codeLists.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func menu(_ agreement: Agreement?) throws(MenuError) -> Menu {
        var messages: [String: MenuMessage] = [:]
        var operations: [MenuOperation] = []
        for operation in file.operations {
            let elements = file.elements.filter { $0.stands(in: operation.letter) }
            let requestClass = try assemble(operation.request, elements)
            var rules: [MenuRule] = []
            for rule in file.rules {
                try rule.check()
                if let rule = try rule.rule(in: operation.letter, of: requestClass) { rules.append(rule) }
            }
            let request = MenuMessage(xml: XMLName(file.namespace, operation.request), menuClass: requestClass, rules: rules)
            guard let answer = file.answers[operation.response] else { throw MenuError("no answer \(operation.response)") }
            let response = MenuMessage(
                xml: XMLName(file.namespace, operation.response), menuClass: try assemble(operation.response, answer), rules: [])
            messages[operation.request] = request
            messages[operation.response] = response
            operations.append(
                MenuOperation(
                    name: operation.name, letter: operation.letter, request: request, response: response, text: operation.text))
        }
        messages["Refusal"] = MenuMessage(
            xml: XMLName(file.namespace, "Refusal"), menuClass: try menuClass("Refusal"), rules: [])
        return Menu(
            version: file.menu, namespace: file.namespace, operations: operations, messages: messages, classes: order,
            codeLists: used.values.sorted { $0.id < $1.id }, agreement: agreement, actions: file.names?.actions ?? [:])
    }

    private mutating func menuClass(_ name: String) throws(MenuError) -> MenuClass {
        if let known = built[name] { return known }
        let elements = name == "Certificate" ? file.elements.filter(\.isOfCertificate) : file.classes[name]
        guard let elements else { throw MenuError("no class \(name)") }
        guard underConstruction.insert(name).inserted else { throw MenuError("class \(name) contains itself") }
        let made = try assemble(name, elements)
        built[name] = made
        return made
    }

    private mutating func assemble(_ name: String, _ elements: [MenuFile.Element]) throws(MenuError) -> MenuClass {
        guard Set(elements.map(\.json)).count == elements.count, Set(elements.map(\.xml)).count == elements.count else {
            throw MenuError("class \(name) has two elements of the same name")
        }
        guard elements.count <= 128 else { throw MenuError("class \(name) has more than 128 elements") }
        var made: [MenuElement] = []
        for element in elements { made.append(try self.element(element, in: name)) }
        let menuClass = MenuClass(name: name, elements: made)
        order.append(menuClass)
        return menuClass
    }

    private mutating func element(_ element: MenuFile.Element, in parent: String) throws(MenuError) -> MenuElement {
        guard element.json.isMenuName, element.xml.isMenuName else {
            throw MenuError("\(parent).\(element.json) is not a name of letters and digits")
        }
        let content: MenuElement.Content
        switch (element.format, element.type) {
        case (let format?, nil): content = .simple(try self.format(format, element))
        case (nil, let type?): content = .record(try menuClass(type))
        default: throw MenuError("\(parent).\(element.json) needs either a format or a type")
        }
        return MenuElement(
            json: element.json, xml: XMLName(element.namespace ?? file.elementNamespace, element.xml), content: content,
            cardinality: try cardinality(element),
            source: .init(
                wcoID: element.id, wcoClass: element.class, wcoTag: element.tag, basis: element.basis, text: element.text),
            formatText: element.format ?? element.type ?? "", isUsed: element.used ?? true,
            declaresNamespace: element.namespace != nil && parent == "Extensions")
    }

    private func cardinality(_ element: MenuFile.Element) throws(MenuError) -> MenuElement.Cardinality {
        switch element.card {
        case "1": return .init(minimum: 1, maximum: 1, isList: false)
        case "0..1": return .init(minimum: 0, maximum: 1, isList: false)
        case "0..n": return .init(minimum: 0, maximum: element.limit, isList: true)
        case "1..n": return .init(minimum: 1, maximum: element.limit, isList: true)
        default: throw MenuError("\(element.json) has the cardinality '\(element.card)'; known are 1, 0..1, 0..n and 1..n")
        }
    }

    private mutating func codeList(_ name: String, _ element: MenuFile.Element) throws(MenuError) -> CodeList {
        guard var list = lists[name] else { throw MenuError("\(element.json) names the unknown list \(name)") }
        if let only = element.only {
            if let unknown = only.first(where: { !list.contains($0) }) {
                throw MenuError("\(element.json) allows \(unknown), which is not in the list \(name)")
            }
            list = used["\(name)-subset"] ?? list.subset(only)
        }
        used[list.id] = list
        return list
    }

    private mutating func format(_ text: String, _ element: MenuFile.Element) throws(MenuError) -> ElementFormat {
        if let name = element.list { return .code(try codeList(name, element)) }
        switch text {
        case "date": return .date
        case "dateTime": return .dateTime
        case "boolean": return .boolean
        case "base64": return .base64
        default: break
        }
        let isRange = text.contains("..")
        let numbers = text.drop { !$0.isNumber }.split(separator: ",").compactMap { Int($0) }
        guard let size = numbers.first else { throw MenuError("\(element.json) has the unknown format '\(text)'") }
        if text.hasPrefix("n") {
            return numbers.count == 2
                ? .decimal(digits: size, fraction: numbers[1]) : .integer(minimum: element.minimum ?? 0, digits: size)
        }
        let minimum = isRange ? 1 : size
        guard let pattern = element.pattern else { return .text(minimum: minimum, maximum: size) }
        guard let compiled = ElementPattern(pattern) else { throw MenuError("\(element.json) has the pattern '\(pattern)', which is none") }
        return .pattern(compiled, minimum: minimum, maximum: size)
    }
}

extension MenuFile {
    /// Of every element below a message: the message's, or none where a partner's schema leaves local elements unqualified.
    fileprivate var elementNamespace: String { names?.elementForm == .unqualified ? "" : namespace }
}

extension String {
    /// Letters of ASCII, digits, hyphens and underscores, a letter first: a name in JSON and in XML.
    var isMenuName: Bool {
        first?.isLetter == true
            && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2D || $0 == 0x5F }
    }
}
