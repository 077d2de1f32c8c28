public import Datasets

/// Every contract file that a menu gives, by its name under `wsdl/`.
public struct ContractFiles {
    public let files: [(name: String, bytes: [UInt8])]

    /// The contracts of the menu itself, with the documents that span agreements.
    ///
    /// - Parameter baseURL: where the operations are served; the committed files use a documentation address.
    public init(_ catalog: Catalog, baseURL: String = Self.documentationURL) {
        files =
            ContractFiles(catalog.menu, baseURL: baseURL).files + [
                (name: EchoSchema.fileName, bytes: EchoSchema.bytes), (name: VerdictSchema.fileName, bytes: VerdictSchema.bytes),
                (name: DocumentSchema.fileName, bytes: DocumentSchema.bytes),
                (name: OpenAPIDocument.fileName, bytes: OpenAPIDocument(catalog.menu).bytes),
                (name: ElementTable.fileName, bytes: ElementTable(catalog).bytes),
            ]
    }

    /// The contracts of one menu: that of an agreement is narrowed to it.
    public init(_ menu: Menu, baseURL: String = Self.documentationURL) {
        let schema = SchemaDocument(menu)
        let suffix = menu.agreement.map { "-" + $0.code } ?? ""
        let wsdls = menu.operations.map { operation in
            let document = WSDLDocument(
                menu, operation: operation, address: "\(baseURL)/\(operation.name)", schemaLocation: schema.fileName)
            return (name: WSDLDocument.fileName(operation, menu.agreement), bytes: document.bytes)
        }
        var files = [(name: schema.fileName, bytes: schema.bytes)]
        if let name = schema.extensionFileName, let bytes = schema.extensionBytes { files.append((name: name, bytes: bytes)) }
        self.files = files + wsdls + [(name: "coconect-eco-1\(suffix).schema.json", bytes: JSONSchemaDocument(menu).bytes)]
    }

    public static let documentationURL = "https://test.coconect.customs.example"
}
