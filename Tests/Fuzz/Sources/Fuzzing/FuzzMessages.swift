public import Datasets

/// The messages of the menu by the letter that stands before an input of the translation: the operation's for its request,
/// in lower case for its response, R for Refusal.
public struct FuzzMessages: Sendable {
    public let catalog: Catalog
    public let names: [UInt8: String]

    public init() {
        guard let catalog = try? Catalog() else { fatalError("the menu in the binary cannot be read") }
        self.catalog = catalog
        var names = [UInt8(ascii: "R"): "Refusal"]
        for operation in catalog.menu.operations {
            guard let letter = operation.letter.utf8.first else { fatalError("\(operation.name) has no letter") }
            names[letter] = operation.request.xml.local
            names[letter | 0x20] = operation.response.xml.local
        }
        self.names = names
    }
}
