internal import Yams

/// The names that a partner's own WSDL has for messages and elements of the menu, where it only renames.
public struct NameMapping: Sendable {
    /// Of messages and elements.
    public let namespace: String?
    /// Whether elements below a message are in its namespace too (XML Schema part 1, elementFormDefault).
    public let elementForm: Form
    /// By the menu's names, such as `SendCO` and `SendCOResponse`.
    public let messages: [String: String]
    /// By the menu's XML names; `GoodsItem.Description` is only the one in the class GoodsItem, `Message.ID` only the one at the top.
    public let elements: [String: String]
    /// URIs by operation, such as `send-co`.
    public let actions: [String: String]
    /// Lines of the file, by section and name.
    private let lines: [String: Int]

    public enum Form: String, CaseIterable, Sendable { case qualified, unqualified }

    private struct File: Decodable {
        let namespace: String?
        let elementForm: String?
        let messages: [String: String]?
        let elements: [String: String]?
        let actions: [String: String]?
    }

    /// - Throws: `MenuError`, which says the line.
    public init(yaml: String) throws(MenuError) {
        let file: File
        do { file = try YAMLDecoder().decode(File.self, from: yaml) } catch { throw MenuError("the file cannot be read: \(error)") }
        try UnknownKeys.refuse(in: yaml, readAs: file)
        namespace = file.namespace
        messages = file.messages ?? [:]
        elements = file.elements ?? [:]
        actions = file.actions ?? [:]
        lines = NameMapping.lines(yaml)
        for (section, uri) in [("namespace", namespace)] + actions.map({ ("actions.\($0)", $1) }) {
            guard let uri, !uri.isAddressOfNames else { continue }
            throw MenuError("line \(lines[section] ?? 0): '\(uri.prefix(80))' is no URI with a scheme, such as http://customs.example/eco")
        }
        elementForm = try NameMapping.form(file.elementForm, line: lines["elementForm"])
        for (section, names) in [("messages", messages), ("elements", elements)] {
            for (key, name) in names.sorted(by: { $0.key < $1.key }) where !name.isMenuName {
                throw problem(section, key, "'\(name)' is not a name of letters, digits, - and _ that begins with a letter")
            }
        }
    }

    private static func form(_ text: String?, line: Int?) throws(MenuError) -> Form {
        guard let text else { return .qualified }
        if let form = Form(rawValue: text) { return form }
        let known = Form.allCases.map(\.rawValue)
        let near = text.nearest(in: known, within: 3).first.map { "did you mean \($0)? " } ?? ""
        throw MenuError("line \(line ?? 0): elementForm is '\(text)'; \(near)known: \(known.joined(separator: ", "))")
    }

    private static func lines(_ yaml: String) -> [String: Int] {
        var lines: [String: Int] = [:]
        for (section, content) in (try? Yams.compose(yaml: yaml))?.mapping ?? [:] {
            lines[section.string ?? ""] = section.mark?.line
            for (name, _) in content.mapping ?? [:] { lines["\(section.string ?? "").\(name.string ?? "")"] = name.mark?.line }
        }
        return lines
    }

    fileprivate func problem(_ section: String, _ key: String, _ text: String) -> MenuError {
        MenuError("line \(lines["\(section).\(key)"] ?? 0): \(text)")
    }
}

extension MenuFile {
    /// The menu in a partner's words. JSON names, and with them agreements and rules, stay as they are.
    func renamed(by names: NameMapping) throws(MenuError) -> MenuFile {
        var file = self
        file.names = names
        file.namespace = names.namespace ?? namespace
        var messages = Renaming(names, "messages", names.messages)
        file.operations = operations.map { operation in
            var operation = operation
            operation.request = messages.name(operation.request).name
            operation.response = messages.name(operation.response).name
            return operation
        }
        var elements = Renaming(names, "elements", names.elements)
        file.elements = try elements.rows(self.elements, in: "Message")
        file.classes = [:]
        for (name, rows) in classes { file.classes[name] = try elements.rows(rows, in: name) }
        file.answers = [:]
        for (name, rows) in answers { file.answers[messages.name(name).name] = try elements.rows(rows, in: name) }
        try messages.refuseUnmet("message")
        try elements.refuseUnmet("element")
        try refuseAmbiguity(file, names)
        let known = operations.map(\.name)
        if let unknown = names.actions.keys.sorted().first(where: { !known.contains($0) }) {
            throw names.problem("actions", unknown, "\(unknown) is no operation; known: \(known.joined(separator: ", "))")
        }
        return file
    }
}

extension MenuFile {
    /// Each message has a name of its own, and a message in the partner's words is known from one in ours.
    private func refuseAmbiguity(_ file: MenuFile, _ names: NameMapping) throws(MenuError) {
        let all = file.operations.flatMap { [$0.request, $0.response] } + ["Refusal"]
        if let name = Dictionary(grouping: all, by: \.self).first(where: { $0.value.count > 1 })?.key {
            let key = names.messages.first { $0.value == name }?.key ?? ""
            throw names.problem("messages", key, "two messages would have the same name, \(name)")
        }
        let changesContent = !names.elements.isEmpty || names.elementForm == .unqualified
        let looksTheSame = file.namespace == namespace && zip(operations, file.operations).contains { $0.request == $1.request }
        if changesContent, looksTheSame {
            throw MenuError(
                "messages in these names could not be told from ours: give the partner's namespace, or each message another name")
        }
    }
}

extension String {
    /// A scheme, and nothing that HTTP headers or XML attributes would have to quote.
    fileprivate var isAddressOfNames: Bool {
        wholeMatch(of: #/[A-Za-z][A-Za-z0-9+.\-]*:[!#-;=?-\[\]-~]+/#) != nil
    }
}

private struct Renaming {
    private let mapping: NameMapping
    private let section: String
    private let names: [String: String]
    private var met: Set<String> = []
    private var seen: Set<String> = []

    init(_ mapping: NameMapping, _ section: String, _ names: [String: String]) {
        self.mapping = mapping
        self.section = section
        self.names = names
    }

    /// - Returns: the new name, and the key that says it; `nil` where the name stays.
    mutating func name(_ own: String, in parent: String? = nil) -> (name: String, key: String?) {
        for key in [parent.map { "\($0).\(own)" }, own].compactMap(\.self) {
            seen.insert(key)
            guard let name = names[key] else { continue }
            met.insert(key)
            return (name, key)
        }
        return (own, nil)
    }

    mutating func rows(_ rows: [MenuFile.Element], in parent: String) throws(MenuError) -> [MenuFile.Element] {
        var renamed = rows
        var origins: [String: String] = [:]
        for (index, row) in rows.enumerated() {
            let (name, key) = name(row.xml, in: parent)
            renamed[index].xml = name
            if let other = origins.updateValue(row.xml, forKey: name), other != row.xml {
                let keys = [key, self.name(other, in: parent).key].compactMap(\.self)
                throw mapping.problem(section, keys.first ?? "", "\(parent) would have two elements of the same name, \(name)")
            }
        }
        return renamed
    }

    func refuseUnmet(_ what: String) throws(MenuError) {
        guard let unknown = Set(names.keys).subtracting(met).sorted().first else { return }
        let near = unknown.nearest(in: seen.sorted(), within: 3).first.map { "; did you mean \($0)?" } ?? ""
        throw mapping.problem(section, unknown, "\(unknown) is no \(what) of the menu\(near)")
    }
}
