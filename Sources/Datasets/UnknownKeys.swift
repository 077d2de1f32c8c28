internal import Yams

/// Finds the keys of a YAML file that nothing was read from: a typing error there would silently drop a rule.
enum UnknownKeys {
    /// - Parameter value: what was decoded from the text; its properties are named as the keys are.
    static func refuse(in yaml: String, readAs value: Any) throws(MenuError) {
        let node: Node?
        do { node = try Yams.compose(yaml: yaml) } catch { throw MenuError("the file cannot be read: \(error)") }
        if let node { try refuse(in: node, readAs: value) }
    }

    private static func refuse(in node: Node, readAs value: Any) throws(MenuError) {
        let mirror = Mirror(reflecting: value)
        switch (mirror.displayStyle, node) {
        case (.optional, _):
            if let some = mirror.children.first { try refuse(in: node, readAs: some.value) }
        case (.struct, .mapping(let mapping)):
            let names = mirror.children.compactMap(\.label)
            for (key, below) in mapping {
                let name = key.string ?? ""
                guard let child = mirror.children.first(where: { $0.label == name }) else {
                    let near = name.nearest(in: names, within: 3).first.map { "; did you mean \($0)?" } ?? ""
                    throw MenuError("line \(key.mark?.line ?? 0): unknown key \(name)\(near)")
                }
                try refuse(in: below, readAs: child.value)
            }
        case (.dictionary, .mapping(let mapping)):
            for child in mirror.children {
                let pair = Mirror(reflecting: child.value).children.map(\.value)
                if let name = pair.first as? String, let below = mapping[name], let value = pair.last {
                    try refuse(in: below, readAs: value)
                }
            }
        case (.collection, .sequence(let sequence)):
            for (below, child) in zip(sequence, mirror.children) { try refuse(in: below, readAs: child.value) }
        default: break
        }
    }
}
