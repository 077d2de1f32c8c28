public import Datasets
internal import XML

/// The XML Schema that the menu gives.
public struct SchemaDocument {
    /// The file's name, under `wsdl/` and behind `?xsd=`.
    public static let fileName = "coconect-eco-1.xsd"

    private let menu: Menu

    public init(_ menu: Menu) {
        self.menu = menu
    }

    public var bytes: [UInt8] {
        let elements = menu.messages.values.map(\.xml.local).sorted().map {
            Markup("xs:element", ["name": $0, "type": SchemaDocument.typeName($0)])
        }
        let schema = Markup(
            "xs:schema",
            [
                "xmlns:xs": "http://www.w3.org/2001/XMLSchema", "xmlns": menu.namespace, "targetNamespace": menu.namespace,
                "elementFormDefault": "qualified", "version": menu.version,
            ], elements + menu.classes.map(complexType) + simpleTypes)
        return schema.document(comment: "Made from the CO Data Element Menu by: coconect-soap contract. Do not edit.")
    }

    static func typeName(_ className: String) -> String { className + "Type" }

    private func complexType(_ menuClass: MenuClass) -> Markup {
        let elements = menuClass.elements.map { element in
            Markup("xs:element", attributes(of: element), [annotation(element)])
        }
        return Markup("xs:complexType", ["name": SchemaDocument.typeName(menuClass.name)], [Markup("xs:sequence", [:], elements)])
    }

    private func attributes(of element: MenuElement) -> KeyValuePairs<String, String> {
        let type = typeName(of: element.content)
        switch (element.cardinality.minimum, element.cardinality.maximum) {
        case (1, 1): return ["name": element.xml.local, "type": type]
        case (0, 1): return ["name": element.xml.local, "type": type, "minOccurs": "0"]
        case (let minimum, let maximum):
            return [
                "name": element.xml.local, "type": type, "minOccurs": String(minimum),
                "maxOccurs": maximum.map { String($0) } ?? "unbounded",
            ]
        }
    }

    private func typeName(of content: MenuElement.Content) -> String {
        switch content {
        case .record(let menuClass): SchemaDocument.typeName(menuClass.name)
        case .simple(let format): SimpleType(format).name
        }
    }

    private func annotation(_ element: MenuElement) -> Markup {
        let source = element.source
        let facts = [
            "JSON name \(element.json)", "format \(element.formatText)", source.wcoID.map { "WCO id \($0)" },
            source.wcoClass.map { "WCO class \($0)" }, source.wcoTag.map { "WCO tag \($0)" }, "basis \(source.basis)",
        ]
        return Markup(
            "xs:annotation", [:],
            [
                Markup("xs:appinfo", text: facts.compactMap(\.self).joined(separator: "; ")),
                Markup("xs:documentation", ["xml:lang": "en"], text: source.text),
            ])
    }

    /// Each format that occurs, once.
    private var simpleTypes: [Markup] {
        var types: [String: SimpleType] = [:]
        for menuClass in menu.classes {
            for element in menuClass.elements {
                guard case .simple(let format) = element.content else { continue }
                let type = SimpleType(format)
                types[type.name] = type
            }
        }
        return types.sorted { $0.key < $1.key }.map(\.value.markup)
    }
}
