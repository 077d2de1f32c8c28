public import Datasets
internal import XML

/// The XML Schema that the menu gives.
public struct SchemaDocument {
    /// The file's name, under `wsdl/` and behind `?xsd=`.
    public var fileName: String { SchemaDocument.fileName(of: menu.agreement) }

    /// The file of the agreement's own elements, where it has any.
    public var extensionFileName: String? {
        menu.agreement.flatMap { $0.newElements.isEmpty ? nil : "coconect-agreement-\($0.code)-\($0.version).xsd" }
    }

    static func fileName(of agreement: Agreement?) -> String { "coconect-eco-1" + (agreement.map { "-" + $0.code } ?? "") + ".xsd" }

    private let menu: Menu

    public init(_ menu: Menu) {
        self.menu = menu
    }

    public var bytes: [UInt8] { bytes(extensionLocation: extensionFileName ?? "") }

    /// - Parameter extensionLocation: where the reader finds the schema of the agreement's own elements.
    public func bytes(extensionLocation: String) -> [UInt8] {
        markup(extensionLocation: extensionLocation).document(comment: SchemaDocument.comment)
    }

    /// The schema of the agreement's own elements.
    public var extensionBytes: [UInt8]? { extensionMarkup?.document(comment: SchemaDocument.comment) }

    private static let comment = "Made from the CO Data Element Menu by: coconect-soap contract. Do not edit."

    /// Both schemas, one beside the other, for a document that holds them.
    var together: [Markup] { [markup(extensionLocation: nil)] + (extensionMarkup.map { [$0] } ?? []) }

    private func markup(extensionLocation: String?) -> Markup {
        let elements = menu.messages.values.map(\.xml.local).sorted().map {
            Markup("xs:element", ["name": $0, "type": SchemaDocument.typeName($0)])
        }
        let classes = menu.classes.filter { $0.name == "Extensions" || !isOwn($0) }
        let own = extensionFileName == nil ? nil : menu.agreement?.namespace
        let imports =
            own.map { own in
                [Markup("xs:import", extensionLocation.map { ["namespace": own, "schemaLocation": $0] } ?? ["namespace": own])]
            } ?? []
        return schema(menu.namespace, own, imports + elements + classes.map(complexType) + simpleTypes(of: classes))
    }

    private var extensionMarkup: Markup? {
        guard let agreement = menu.agreement, extensionFileName != nil else { return nil }
        let classes = menu.classes.filter { $0.name != "Extensions" && isOwn($0) }
        let root = Markup("xs:element", ["name": agreement.code, "type": SchemaDocument.typeName(agreement.code + "Extension")])
        return schema(agreement.namespace, nil, [root] + classes.map(complexType) + simpleTypes(of: classes))
    }

    private func isOwn(_ menuClass: MenuClass) -> Bool { menuClass.elements.first.map { $0.xml.namespace != menu.namespace } ?? false }

    private func schema(_ namespace: String, _ own: String?, _ content: [Markup]) -> Markup {
        let xs = "http://www.w3.org/2001/XMLSchema"
        let attributes: KeyValuePairs<String, String> =
            if let own {
                [
                    "xmlns:xs": xs, "xmlns": namespace, "xmlns:own": own, "targetNamespace": namespace, "elementFormDefault": "qualified",
                    "version": menu.version,
                ]
            } else {
                [
                    "xmlns:xs": xs, "xmlns": namespace, "targetNamespace": namespace, "elementFormDefault": "qualified",
                    "version": menu.version,
                ]
            }
        return Markup("xs:schema", attributes, content)
    }

    static func typeName(_ className: String) -> String { className + "Type" }

    private func complexType(_ menuClass: MenuClass) -> Markup {
        var elements = menuClass.elements.filter(\.isUsed).map { element in
            Markup("xs:element", attributes(of: element), [annotation(element)])
        }
        if menuClass.name == "Extensions" {
            // The named extension point: whatever an agreement has, or exactly what this one has.
            elements = menuClass.elements.map {
                Markup("xs:element", ["ref": "own:\($0.xml.local)", "minOccurs": String($0.cardinality.minimum)])
            }
            if menu.agreement == nil {
                elements = [Markup("xs:any", ["namespace": "##other", "processContents": "lax", "minOccurs": "0"])]
            }
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
    private func simpleTypes(of classes: [MenuClass]) -> [Markup] {
        var types: [String: SimpleType] = [:]
        for menuClass in classes {
            for element in menuClass.elements where element.isUsed {
                guard case .simple(let format) = element.content else { continue }
                let type = SimpleType(format)
                types[type.name] = type
            }
        }
        return types.sorted { $0.key < $1.key }.map(\.value.markup)
    }
}
