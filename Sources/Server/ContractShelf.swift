internal import Contracts
internal import Datasets

/// The contracts that a running gateway gives out, with its own address. Schemas are made once: they are large, and the same
/// for everybody who asks.
struct ContractShelf: Sendable {
    let catalog: Catalog
    private let publicURL: String
    private let schemas: [String: [UInt8]]

    enum Missing: Error {
        case agreement(String, known: [String])
        case schema(String)
    }

    init(_ catalog: Catalog, publicURL: String) {
        self.catalog = catalog
        self.publicURL = publicURL
        var schemas: [String: [UInt8]] = [:]
        for menu in [catalog.menu] + catalog.agreements.values {
            let schema = SchemaDocument(menu)
            let first = menu.operations[0].name
            schemas[schema.fileName] = schema.bytes(extensionLocation: "\(publicURL)/\(first)?xsd=\(schema.extensionFileName ?? "")")
            if let name = schema.extensionFileName { schemas[name] = schema.extensionBytes }
        }
        self.schemas = schemas
    }

    /// - Parameters:
    ///   - agreement: narrows the contract to it.
    ///   - isSingle: with the schemas in it.
    func wsdl(_ operation: String, agreement: String?, isSingle: Bool) throws(Missing) -> [UInt8] {
        let menu: Menu
        if let agreement {
            guard let narrowed = catalog.agreements[agreement] else { throw .agreement(agreement, known: catalog.agreements.keys.sorted()) }
            menu = narrowed
        } else {
            menu = catalog.menu
        }
        guard let operation = menu.operations.first(where: { $0.name == operation }) else {
            preconditionFailure("the listener asks only for operations of the menu")
        }
        let address = "\(publicURL)/\(operation.name)"
        return WSDLDocument(
            menu, operation: operation, address: address,
            schemaLocation: isSingle ? nil : "\(address)?xsd=\(SchemaDocument(menu).fileName)"
        ).bytes
    }

    /// - Parameter name: of the file; empty is the menu's own.
    func schema(_ name: String) throws(Missing) -> [UInt8] {
        guard let bytes = schemas[name.isEmpty ? SchemaDocument(catalog.menu).fileName : name] else { throw .schema(name) }
        return bytes
    }
}
