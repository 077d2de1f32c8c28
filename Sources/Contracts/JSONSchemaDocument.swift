public import Datasets

/// The JSON Schema (2020-12) of the datasets: one definition for each class, code list and message.
public struct JSONSchemaDocument {
    private let menu: Menu

    public init(_ menu: Menu) {
        self.menu = menu
    }

    public var bytes: [UInt8] {
        let requests = menu.operations.map { JSONValue.reference("$defs/" + $0.request.xml.local) }
        let document: JSONValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": .string(menu.namespace + (menu.agreement.map { ":" + $0.code } ?? "")),
            "title": .string("Dataset of electronic certificates of origin" + (menu.agreement.map { ", \($0.title)" } ?? "")),
            "$comment": "Made from the CO Data Element Menu by: coconect-soap contract. Do not edit.", "oneOf": .array(requests),
            "$defs": .object(definitions(under: "$defs")),
        ]
        return document.document
    }

    /// Every definition, for a document that keeps them under a pointer of its own.
    func definitions(under pointer: String) -> [(name: String, value: JSONValue)] {
        let rules = Dictionary(menu.messages.values.map { ($0.xml.local, $0.rules.map(\.text)) }, uniquingKeysWith: { first, _ in first })
        let classes = menu.classes.map { (name: $0.name, value: object($0, pointer, rules: rules[$0.name] ?? [])) }
        let lists = menu.codeLists.map { (name: "code-" + $0.id, value: JSONSchemaDocument.enumeration($0)) }
        return (classes + lists).sorted { $0.name < $1.name }
    }

    private func object(_ menuClass: MenuClass, _ pointer: String, rules: [String]) -> JSONValue {
        let elements = menuClass.elements.filter(\.isUsed)
        var members: [(name: String, value: JSONValue)] = [(name: "type", value: "object")]
        if !rules.isEmpty {
            members.append((name: "$comment", value: .string("Rules that this schema does not say: " + rules.joined(separator: "; "))))
        }
        let isOpen = menuClass.name == "Extensions" && elements.isEmpty
        members.append((name: "properties", value: .object(elements.map { (name: $0.json, value: property($0, pointer)) })))
        let required = elements.filter { $0.cardinality.minimum > 0 }.map { JSONValue.string($0.json) }
        if !required.isEmpty { members.append((name: "required", value: .array(required))) }
        members.append((name: "additionalProperties", value: .boolean(isOpen)))
        return .object(members)
    }

    private func property(_ element: MenuElement, _ pointer: String) -> JSONValue {
        var members: [(name: String, value: JSONValue)]
        switch element.content {
        case .record(let menuClass): members = [(name: "$ref", value: .string("#/\(pointer)/\(menuClass.name)"))]
        case .simple(let format): members = JSONSchemaDocument.format(format, pointer)
        }
        let description = [element.source.text, element.source.wcoID.map { "WCO id \($0)" }].compactMap(\.self).joined(separator: "; ")
        guard element.cardinality.isList else { return .object([(name: "description", value: .string(description))] + members) }
        var list: [(name: String, value: JSONValue)] = [
            (name: "description", value: .string(description)), (name: "type", value: "array"), (name: "minItems", value: 1),
        ]
        if let maximum = element.cardinality.maximum { list.append((name: "maxItems", value: .integer(maximum))) }
        return .object(list + [(name: "items", value: .object(members))])
    }

    private static func format(_ format: ElementFormat, _ pointer: String) -> [(name: String, value: JSONValue)] {
        func text(_ pattern: String, _ more: [(name: String, value: JSONValue)] = []) -> [(name: String, value: JSONValue)] {
            [(name: "type", value: "string")] + more + [(name: "pattern", value: .string(pattern))]
        }
        switch format {
        case .text(let minimum, let maximum):
            return text(#"[^ \t\n\r]"#, [(name: "minLength", value: .integer(minimum)), (name: "maxLength", value: .integer(maximum))])
        case .pattern(let pattern, let minimum, let maximum):
            return text(
                whole(pattern.text), [(name: "minLength", value: .integer(minimum)), (name: "maxLength", value: .integer(maximum))])
        case .code(let list): return [(name: "$ref", value: .string("#/\(pointer)/code-\(list.id)"))]
        case .integer(let minimum, let digits):
            let most = (0..<min(digits, 18)).reduce(0) { number, _ in number * 10 + 9 }
            return [
                (name: "type", value: "integer"), (name: "minimum", value: .integer(minimum)), (name: "maximum", value: .integer(most)),
            ]
        case .decimal(let digits, let fraction): return text(whole(SimpleType.decimal(digits, fraction)))
        case .date: return text(whole("[0-9]{4}-[0-9]{2}-[0-9]{2}"), [(name: "format", value: "date")])
        case .dateTime: return text(whole(SimpleType.dateTime))
        case .boolean: return [(name: "type", value: "boolean")]
        case .base64:
            return text(
                whole("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)"),
                [(name: "contentEncoding", value: "base64")])
        }
    }

    /// The pattern for the whole text. Some engines let `$` stand before a last line break; what follows refuses that.
    private static func whole(_ pattern: String) -> String { "^(?:\(pattern))$(?!\\n)" }

    private static func enumeration(_ list: CodeList) -> JSONValue {
        [
            "title": .string([list.title, list.standard].compactMap(\.self).joined(separator: ", ")), "type": "string",
            "enum": .array(list.codes.map { .string($0.code) }),
        ]
    }
}
