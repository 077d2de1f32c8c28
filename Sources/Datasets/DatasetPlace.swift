/// A place in a dataset, which XML and JSON each name in their way.
struct DatasetPlace: Sendable {
    struct Step: Sendable {
        let element: MenuElement
        /// From 0, among the elements of that name, and how many of them there are; `nil` where the element is no list, or the list is meant.
        var number: (index: Int, count: Int)?
    }

    var steps: [Step] = []

    /// WCO id of the element at the place.
    var wcoID: String? { steps.last?.element.source.wcoID }

    /// RFC 6901, section 3; names of the menu need no escape.
    var pointer: String {
        steps.map { step in
            guard let number = step.number, step.element.cardinality.isList else { return "/" + step.element.json }
            return "/\(step.element.json)/\(number.index)"
        }.joined()
    }

    /// As `XMLElement.path` says it, below the message's element.
    var path: String {
        steps.map { step in
            guard let number = step.number, number.count > 1 else { return "/" + step.element.xml.local }
            return "/\(step.element.xml.local)[\(number.index + 1)]"
        }.joined()
    }
}

extension Dataset {
    /// Where each value stands: its JSON Pointer, and its XPath below the message's element, in the order of the message.
    public var places: [(pointer: String, path: String)] {
        var found: [(pointer: String, path: String)] = []
        found.reserveCapacity(entries.count)
        collect(0..<entries.count, message.menuClass, pointer: "", path: "", into: &found)
        return found
    }

    private func collect(
        _ range: Range<Int>, _ menuClass: MenuClass, pointer: String, path: String, into found: inout [(pointer: String, path: String)]
    ) {
        var counts: [Int32: Int] = [:]
        for position in Siblings(entries: entries, range: range) { counts[entries[position].element, default: 0] += 1 }
        var indexes: [Int32: Int] = [:]
        for position in Siblings(entries: entries, range: range) {
            let entry = entries[position]
            let element = menuClass.elements[Int(entry.element)]
            let step = DatasetPlace(
                steps: [.init(element: element, number: (indexes[entry.element, default: 0], counts[entry.element, default: 0]))])
            indexes[entry.element, default: 0] += 1
            switch element.content {
            case .simple: found.append((pointer + step.pointer, path + step.path))
            case .record(let below):
                collect(
                    position + 1..<position + Int(entry.size), below, pointer: pointer + step.pointer, path: path + step.path, into: &found)
            }
        }
    }
}
