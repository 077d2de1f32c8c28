internal import XML
internal import Yams

/// The menu as its file has it, and the way from there to a `Menu`.
struct MenuFile: Decodable {
    struct Operation: Decodable {
        let name: String
        let letter: String
        let request: String
        let response: String
        let text: String
    }

    struct Element: Decodable {
        let json: String
        let xml: String
        let format: String?
        let type: String?
        let card: String
        let ops: String?
        let list: String?
        let pattern: String?
        let minimum: Int?
        let id: String?
        let `class`: String?
        let tag: String?
        let basis: String
        let text: String
    }

    struct Rule: Decodable {
        let any: [String]?
        let when: [String: [String]]?
        let need: [String]?
        let text: String
    }

    struct List: Decodable {
        let title: String
        let codes: [String: String]
    }

    let menu: String
    let namespace: String
    let operations: [Operation]
    let elements: [Element]
    let classes: [String: [Element]]
    let answers: [String: [Element]]
    let rules: [Rule]
    let lists: [String: List]

    static func menu(yaml: String, codeLists: [CodeList]) throws(MenuError) -> Menu {
        let file: MenuFile
        do {
            file = try YAMLDecoder().decode(MenuFile.self, from: yaml)
        } catch {
            throw MenuError("the file cannot be read: \(error)")
        }
        let own = file.lists.map { id, list in
            CodeList(id: id, title: list.title, standard: nil, codes: list.codes.map { (code: $0, name: $1) })
        }
        var builder = MenuBuilder(file: file, codeLists: codeLists + own)
        return try builder.menu()
    }
}

/// Resolves names of classes and lists, each class once, and refuses what does not resolve.
private struct MenuBuilder {
    let file: MenuFile
    let lists: [String: CodeList]
    let codeLists: [CodeList]
    var built: [String: MenuClass] = [:]
    var order: [MenuClass] = []
    var underConstruction: Set<String> = []

    init(file: MenuFile, codeLists: [CodeList]) {
        self.file = file
        self.codeLists = codeLists.sorted { $0.id < $1.id }
        lists = Dictionary(codeLists.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func menu() throws(MenuError) -> Menu {
        let rules = try file.rules.map { (rule) throws(MenuError) in try self.rule(rule) }
        var messages: [String: MenuMessage] = [:]
        var operations: [MenuOperation] = []
        for operation in file.operations {
            let elements = file.elements.filter { ($0.ops ?? "").contains(operation.letter) }
            let request = MenuMessage(
                xml: XMLName(file.namespace, operation.request), menuClass: try assemble(operation.request, elements), rules: rules)
            guard let answer = file.answers[operation.response] else { throw MenuError("no answer \(operation.response)") }
            let response = MenuMessage(
                xml: XMLName(file.namespace, operation.response), menuClass: try assemble(operation.response, answer), rules: [])
            messages[operation.request] = request
            messages[operation.response] = response
            operations.append(MenuOperation(name: operation.name, request: request, response: response, text: operation.text))
        }
        messages["Refusal"] = MenuMessage(
            xml: XMLName(file.namespace, "Refusal"), menuClass: try menuClass("Refusal"), rules: [])
        return Menu(
            version: file.menu, namespace: file.namespace, operations: operations, messages: messages, classes: order,
            codeLists: codeLists)
    }

    private func rule(_ rule: MenuFile.Rule) throws(MenuError) -> MenuRule {
        if let any = rule.any { return MenuRule(demand: .any(any), text: rule.text) }
        guard let when = rule.when, let need = rule.need else { throw MenuError("the rule '\(rule.text)' demands nothing") }
        let paths = need.map { $0.split(separator: ".").map(String.init) }
        return MenuRule(demand: .needed(when: when, paths: paths), text: rule.text)
    }

    private mutating func menuClass(_ name: String) throws(MenuError) -> MenuClass {
        if let known = built[name] { return known }
        guard let elements = file.classes[name] else { throw MenuError("no class \(name)") }
        guard underConstruction.insert(name).inserted else { throw MenuError("class \(name) contains itself") }
        let made = try assemble(name, elements)
        built[name] = made
        return made
    }

    private mutating func assemble(_ name: String, _ elements: [MenuFile.Element]) throws(MenuError) -> MenuClass {
        guard Set(elements.map(\.json)).count == elements.count, Set(elements.map(\.xml)).count == elements.count else {
            throw MenuError("class \(name) has two elements of the same name")
        }
        var made: [MenuElement] = []
        for element in elements { made.append(try self.element(element, in: name)) }
        let menuClass = MenuClass(name: name, elements: made)
        order.append(menuClass)
        return menuClass
    }

    private mutating func element(_ element: MenuFile.Element, in parent: String) throws(MenuError) -> MenuElement {
        let content: MenuElement.Content
        switch (element.format, element.type) {
        case (let format?, nil): content = .simple(try self.format(format, element))
        case (nil, let type?): content = .record(try menuClass(type))
        default: throw MenuError("\(parent).\(element.json) needs either a format or a type")
        }
        return MenuElement(
            json: element.json, xml: XMLName(file.namespace, element.xml), content: content,
            cardinality: try cardinality(element.card, of: element.json),
            source: .init(
                wcoID: element.id, wcoClass: element.class, wcoTag: element.tag, basis: element.basis, text: element.text),
            operations: element.ops ?? "", formatText: element.format ?? element.type ?? "")
    }

    private func cardinality(_ text: String, of name: String) throws(MenuError) -> MenuElement.Cardinality {
        switch text {
        case "1": return .init(minimum: 1, maximum: 1)
        case "0..1": return .init(minimum: 0, maximum: 1)
        case "0..n": return .init(minimum: 0, maximum: nil)
        case "1..n": return .init(minimum: 1, maximum: nil)
        default: throw MenuError("\(name) has the cardinality '\(text)'; known are 1, 0..1, 0..n and 1..n")
        }
    }

    private func format(_ text: String, _ element: MenuFile.Element) throws(MenuError) -> ElementFormat {
        if let name = element.list {
            guard let list = lists[name] else { throw MenuError("\(element.json) names the unknown list \(name)") }
            return .code(list)
        }
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
