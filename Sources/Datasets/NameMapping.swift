internal import Yams

/// The names that a partner's own WSDL has for messages and elements of the menu, where it only renames.
public struct NameMapping: Sendable, Decodable {
    /// Of messages and elements.
    public let namespace: String?
    /// Whether elements below a message are in its namespace too (XML Schema part 1, elementFormDefault).
    public let elementForm: Form?
    /// By the menu's names, such as `SendCO` and `SendCOResponse`.
    public let messages: [String: String]?
    /// By the menu's XML names; `GoodsItem.Description` is only the one in the class GoodsItem, `Message.ID` only the one at the top.
    public let elements: [String: String]?
    /// URIs by operation, such as `send-co`.
    public let actions: [String: String]?

    public enum Form: String, Sendable, Decodable { case qualified, unqualified }

    /// - Throws: `MenuError`.
    public init(yaml: String) throws(MenuError) {
        do { self = try YAMLDecoder().decode(NameMapping.self, from: yaml) } catch { throw MenuError("the file cannot be read: \(error)") }
        for name in Array((messages ?? [:]).values) + (elements ?? [:]).values where !name.isMenuName {
            throw MenuError("'\(name)' is not a name of letters and digits")
        }
        try UnknownKeys.refuse(in: yaml, readAs: self)
    }
}

extension MenuFile {
    /// The menu in a partner's words. JSON names, and with them agreements and rules, stay as they are.
    func renamed(by names: NameMapping) throws(MenuError) -> MenuFile {
        var file = self
        file.names = names
        file.namespace = names.namespace ?? namespace
        var messages = Renaming(names.messages ?? [:])
        file.operations = operations.map { operation in
            var operation = operation
            operation.request = messages.name(operation.request)
            operation.response = messages.name(operation.response)
            return operation
        }
        var elements = Renaming(names.elements ?? [:])
        file.elements = elements.rows(self.elements, in: "Message")
        file.classes = Dictionary(uniqueKeysWithValues: classes.map { ($0, elements.rows($1, in: $0)) })
        file.answers = Dictionary(uniqueKeysWithValues: answers.map { (messages.name($0), elements.rows($1, in: $0)) })
        try messages.refuseUnmet("message")
        try elements.refuseUnmet("element")
        let known = operations.map(\.name)
        if let unknown = (names.actions ?? [:]).keys.sorted().first(where: { !known.contains($0) }) {
            throw MenuError("actions has \(unknown), which is no operation; known are \(known.joined(separator: ", "))")
        }
        return file
    }
}

private struct Renaming {
    private let names: [String: String]
    private var met: Set<String> = []
    private var seen: Set<String> = []

    init(_ names: [String: String]) {
        self.names = names
    }

    mutating func name(_ own: String, in parent: String? = nil) -> String {
        for key in [parent.map { "\($0).\(own)" }, own].compactMap(\.self) {
            seen.insert(key)
            guard let name = names[key] else { continue }
            met.insert(key)
            return name
        }
        return own
    }

    mutating func rows(_ rows: [MenuFile.Element], in parent: String) -> [MenuFile.Element] {
        var renamed = rows
        for index in rows.indices { renamed[index].xml = name(rows[index].xml, in: parent) }
        return renamed
    }

    func refuseUnmet(_ what: String) throws(MenuError) {
        guard let unknown = Set(names.keys).subtracting(met).sorted().first else { return }
        let near = unknown.nearest(in: seen.sorted(), within: 3).first.map { "; did you mean \($0)?" } ?? ""
        throw MenuError("\(unknown) is no \(what) of the menu\(near)")
    }
}
