internal import Datasets
internal import Foundation
internal import Trust
internal import XML
internal import Yams

/// One YAML file of settings: read key by key, each with its place, every problem noted and none thrown, so that all can be
/// told at once. A key that nobody asked for is a problem too.
final class SettingsFile {
    private(set) var problems: [ConfigurationProblem] = []

    let path: String
    private let environment: [String: String]
    private var scalars: [String: Scalar] = [:]
    private var lists: [String: [Scalar]] = [:]
    /// Lengths of the lists whose entries have keys of their own, as in `certificates.0.file`.
    private var groups: [String: Int] = [:]
    private var asked: Set<String> = []
    /// What cannot be read has no keys either; saying so for each would hide the one problem.
    private var isUnreadable = false

    private struct Scalar {
        let text: String
        let place: String
    }

    /// - Parameter environment: variables that override keys, `COCONECT_SOAP_PORT` for `soap.port`; empty for a file without overrides.
    init(path: String, environment: [String: String] = [:]) {
        self.path = path
        self.environment = environment
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            guard let node = try Yams.compose(yaml: text) else { return }
            if case .mapping = node { collect(node, key: "") } else { note("the file holds no keys", at: path) }
        } catch let error as YamlError {
            isUnreadable = true
            note("the file is not YAML: \(error)", at: path)
        } catch {
            isUnreadable = true
            note("the file cannot be read: \(error.localizedDescription)", at: path)
        }
    }

    private func collect(_ node: Node, key: String) {
        switch node {
        case .mapping(let mapping):
            for (name, value) in mapping { collect(value, key: key.isEmpty ? name.string ?? "" : "\(key).\(name.string ?? "")") }
        case .sequence(let sequence) where sequence.allSatisfy({ $0.scalar != nil }):
            lists[key] = sequence.map { Scalar(text: $0.string ?? "", place: place($0)) }
        case .sequence(let sequence):
            groups[key] = sequence.count
            for (index, entry) in sequence.enumerated() { collect(entry, key: "\(key).\(index)") }
        case .scalar(let scalar): scalars[key] = Scalar(text: scalar.string, place: place(node))
        case .alias: note("aliases are not read here", at: place(node))
        }
    }

    private func place(_ node: Node) -> String { node.mark.map { "\(path):\($0.line)" } ?? path }

    func note(_ text: String, at place: String? = nil, key: String? = nil, help: String? = nil) {
        let variable = key.map(SettingsFile.variable).flatMap { environment[$0] == nil ? nil : "environment variable \($0)" }
        problems.append(
            ConfigurationProblem(
                text, at: place ?? variable ?? key.flatMap { scalars[$0]?.place ?? lists[$0]?.first?.place } ?? path, help: help))
    }

    // MARK: Reading

    func text(_ key: String) -> String? {
        asked.insert(key)
        return environment[SettingsFile.variable(key)] ?? scalars[key]?.text
    }

    func text(_ key: String, or fallback: String) -> String { text(key) ?? fallback }

    /// A key that must be there; an empty text stands in for it once its absence is noted.
    func required(_ key: String) -> String {
        if let text = text(key), !text.isEmpty { return text }
        guard !isUnreadable else { return "" }
        note("\(key) is missing", help: "set it in the file" + (environment.isEmpty ? "" : " or as \(SettingsFile.variable(key))"))
        return ""
    }

    func number(_ key: String, or fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = text(key) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            note("\(key) is '\(text)', expected a number from \(range.lowerBound) to \(range.upperBound)", key: key)
            return fallback
        }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, or fallback: Choice) -> Choice where Choice.RawValue == String {
        guard let text = text(key) else { return fallback }
        return choice(text, key) ?? fallback
    }

    /// A list; a single text counts as a list of one.
    func list(_ key: String) -> [String] {
        asked.insert(key)
        return lists[key]?.map(\.text) ?? scalars[key].map { [$0.text] } ?? []
    }

    /// The keys of a list's entries; each is a text, or has keys of its own below.
    func entries(_ key: String) -> [String] {
        if let count = groups[key] { return (0..<count).map { "\(key).\($0)" } }
        let texts = lists[key] ?? scalars[key].map { [$0] } ?? []
        asked.insert(key)
        for (index, scalar) in texts.enumerated() { scalars["\(key).\(index)"] = scalar }
        return texts.indices.map { "\(key).\($0)" }
    }

    /// A time, such as 2027-01-31T00:00:00Z; a date alone means its first or its last second, in UTC.
    func moment(_ key: String, of date: DayEnd) -> XMLDateTime? {
        guard let text = text(key) else { return nil }
        let whole = text.utf8.count == 10 ? text + (date == .first ? "T00:00:00Z" : "T23:59:59Z") : text
        if let moment = XMLDateTime(whole) { return moment }
        note("\(key) is '\(text)', which is no time", key: key, help: "write it as 2027-01-31 or 2027-01-31T12:00:00Z")
        return nil
    }

    enum DayEnd { case first, last }

    /// A distinguished name.
    func name(_ key: String) -> DistinguishedName? {
        guard let text = text(key) else { return nil }
        if let name = DistinguishedName(text) { return name }
        note(
            "\(key) is '\(text)', which is no distinguished name", key: key, help: "write it as 'CN=Signing, O=Korea Customs Service, C=KR'"
        )
        return nil
    }

    /// Whether the key itself is set, be it to a text or a list.
    func isSet(_ key: String) -> Bool { text(key) != nil || lists[key] != nil || groups[key] != nil }

    /// A list of known words; unknown ones and an empty list are noted.
    func choices<Choice: RawRepresentable & CaseIterable>(_ key: String, help: String) -> [Choice] where Choice.RawValue == String {
        let texts = list(key)
        if texts.isEmpty, !isUnreadable { note("\(key) is missing", help: help) }
        return texts.compactMap { choice($0, key) }
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(_ text: String, _ key: String) -> Choice? where Choice.RawValue == String {
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        let near = text.nearest(in: known, within: 3).first.map { "did you mean \($0)? " } ?? ""
        note("\(key) is '\(text)'", key: key, help: "\(near)known: \(known.joined(separator: ", "))")
        return nil
    }

    /// A path relative to this file.
    func resolve(_ text: String) -> String {
        text.hasPrefix("/")
            ? text : URL(fileURLWithPath: path).absoluteURL.deletingLastPathComponent().appendingPathComponent(text).standardized.path
    }

    /// Whether any key under this name is set.
    func has(_ prefix: String) -> Bool {
        let variable = SettingsFile.variable(prefix) + "_"
        return scalars.keys.contains { $0.hasPrefix(prefix + ".") } || lists.keys.contains { $0.hasPrefix(prefix + ".") }
            || environment.keys.contains { $0.hasPrefix(variable) }
    }

    /// Notes every key and variable that nothing asked for; called when reading is done.
    func refuseUnknown() {
        for key in Set(scalars.keys).union(lists.keys).sorted() where !asked.contains(key) {
            let near = key.nearest(in: asked, within: 4).first
            note(
                "unknown key \(key)", at: scalars[key]?.place ?? lists[key]?.first?.place ?? path,
                help: near.map { "did you mean \($0)?" } ?? "known keys: \(asked.sorted().joined(separator: ", "))")
        }
        let variables = asked.map(SettingsFile.variable)
        for name in environment.keys.sorted() where name.hasPrefix("COCONECT_") && !variables.contains(name) {
            let near = name.nearest(in: variables, within: 4).first
            note("unknown variable \(name)", at: "environment", help: near.map { "did you mean \($0)?" })
        }
    }

    /// `soap.maximumBody` → `COCONECT_SOAP_MAXIMUM_BODY`.
    private static func variable(_ key: String) -> String {
        var name = "COCONECT_"
        var previousIsLower = false
        for character in key {
            if character == "." {
                name.append("_")
            } else {
                if character.isUppercase, previousIsLower { name.append("_") }
                name.append(contentsOf: character.uppercased())
            }
            previousIsLower = character.isLowercase
        }
        return name
    }
}
