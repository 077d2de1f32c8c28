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
    /// The lists that the elements use.
    public let codeLists: [CodeList]
    /// Whose rules narrow this menu; `nil` for the menu itself.
    public let agreement: Agreement?
    /// Action URIs by the name of an operation, where they are a partner's own.
    private let actions: [String: String]

    init(
        version: String, namespace: String, operations: [MenuOperation], messages: [String: MenuMessage],
        classes: [MenuClass], codeLists: [CodeList], agreement: Agreement?, actions: [String: String]
    ) {
        self.version = version
        self.namespace = namespace
        self.operations = operations
        self.messages = messages
        self.classes = classes
        self.codeLists = codeLists
        self.agreement = agreement
        self.actions = actions
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

    /// The action URI of an operation's request: the menu's, or what a partner's own WSDL has.
    public func requestAction(of operation: MenuOperation) -> String { actions[operation.name] ?? action(of: operation.request) }
}

/// A service operation as the menu names it.
public struct MenuOperation: Sendable {
    /// In lower case with hyphens, as in the address: `send-co`.
    public let name: String
    /// The menu's letter for it: S, A, C or F.
    public let letter: String
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
        self.description = description
    }
}
