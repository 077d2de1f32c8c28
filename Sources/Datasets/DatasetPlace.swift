/// A place in a dataset, which XML and JSON each name in their way.
struct DatasetPlace: Sendable {
    struct Step: Sendable {
        let element: MenuElement
        /// From 0, among the elements of that name, and how many of them there are; `nil` where the element is no list, or the list is meant.
        var number: (index: Int, count: Int)?
    }

    var steps: [Step] = []

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
    /// The place of an entry, found by walking down to it.
    func place(of position: Int) -> DatasetPlace {
        var place = DatasetPlace()
        var menuClass = message.menuClass
        var range = 0..<entries.count
        while true {
            let siblings = Siblings(entries: entries, range: range)
            guard let current = siblings.first(where: { $0 <= position && position < $0 + Int(entries[$0].size) }) else { return place }
            let twins = siblings.filter { entries[$0].element == entries[current].element }
            let element = menuClass.elements[Int(entries[current].element)]
            place.steps.append(.init(element: element, number: (twins.firstIndex(of: current) ?? 0, twins.count)))
            guard current != position, case .record(let below) = element.content else { return place }
            menuClass = below
            range = current + 1..<current + Int(entries[current].size)
        }
    }
}
