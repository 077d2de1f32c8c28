public import Datasets

/// Every contract file that the menu gives, by its name under `wsdl/`.
public struct ContractFiles {
    public let files: [(name: String, bytes: [UInt8])]

    /// - Parameter baseURL: where the operations are served; the committed files use a documentation address.
    public init(_ menu: Menu, baseURL: String = "https://test.coconect.customs.example") {
        let wsdls = menu.operations.map { operation in
            let document = WSDLDocument(
                menu, operation: operation, address: "\(baseURL)/\(operation.name)", schemaLocation: SchemaDocument.fileName)
            return (name: WSDLDocument.fileName(operation), bytes: document.bytes)
        }
        files = [(name: SchemaDocument.fileName, bytes: SchemaDocument(menu).bytes)] + wsdls
    }
}
