public import XML

/// The CO Data Element Menu: the one source of every contract and of the translation.
public final class Menu: Sendable {
    public let version: String
    public let namespace: String
    public let operations: [MenuOperation]
    /// Every message by the name of its element: requests, answers and `Refusal`.
    public let messages: [String: MenuMessage]
    /// Classes in the order of the file.
    public let classes: [MenuClass]
    public let codeLists: [CodeList]

    init(
        version: String, namespace: String, operations: [MenuOperation], messages: [String: MenuMessage],
        classes: [MenuClass], codeLists: [CodeList]
    ) {
        self.version = version
        self.namespace = namespace
        self.operations = operations
        self.messages = messages
        self.classes = classes
        self.codeLists = codeLists
    }

    /// The menu in this binary.
    public static func bundled() throws(MenuError) -> Menu {
        try MenuFile.menu(yaml: Bundled.menu, codeLists: Bundled.codeLists)
    }

    /// - Requires: a name that the menu has; asked for with constants only.
    public func message(_ name: String) -> MenuMessage {
        guard let message = messages[name] else { preconditionFailure("the menu has no message \(name)") }
        return message
    }
}

extension Menu {
    /// The action URI of a message, for SOAPAction and WS-Addressing: the namespace and the name of its element.
    public func action(of message: MenuMessage) -> String { "\(namespace):\(message.xml.local)" }
}

/// A service operation as the menu names it.
public struct MenuOperation: Sendable {
    /// In lower case with hyphens, as in the address: `send-co`.
    public let name: String
    public let request: MenuMessage
    public let response: MenuMessage
    public let text: String
}

/// A Body's child: its element name, its content, the rules between its elements.
public struct MenuMessage: Sendable {
    public let xml: XMLName
    public let menuClass: MenuClass
    public let rules: [MenuRule]
}

/// The menu or a code list is not as it must be.
public struct MenuError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = "menu: " + description
    }
}

private enum Bundled {
    static var menu: String { String(decoding: PackageResources.menu_yaml, as: UTF8.self) }

    static var codeLists: [CodeList] {
        [
            PackageResources.iso_3166_1_tsv, PackageResources.iso_4217_tsv, PackageResources.uncl_1001_tsv,
            PackageResources.uncl_1225_tsv, PackageResources.uncl_3155_tsv, PackageResources.unece_rec19_tsv,
            PackageResources.unece_rec20_tsv, PackageResources.unece_rec21_tsv,
        ].map { CodeList(tabSeparated: $0) }
    }
}
