/// A way down from an element by JSON names, looked up once: messages are then walked by place, without a name compared.
struct MenuPath: Sendable {
    /// Places among the elements of each class on the way.
    let indexes: [Int32]
    /// The last element of the way, `nil` where it has no step.
    let last: MenuElement?
    /// The class below its end, `nil` where that has only text.
    let below: MenuClass?

    init(_ names: [String], from start: MenuClass) throws(MenuError) {
        var indexes: [Int32] = []
        var last: MenuElement?
        var below: MenuClass? = start
        for name in names {
            guard let menuClass = below, let index = menuClass.index(json: name) else {
                throw MenuError("there is no element \(names.joined(separator: ".")) in \(start.name)")
            }
            indexes.append(Int32(index))
            last = menuClass.elements[index]
            below = menuClass.record(name)
        }
        self.indexes = indexes
        self.last = last
        self.below = below
    }
}

extension Dataset {
    /// Stands for the message itself, where an entry's position is meant.
    static let top = -1

    func range(below position: Int) -> Range<Int> {
        position == Dataset.top ? 0..<entries.count : position + 1..<position + Int(entries[position].size)
    }

    /// Calls the body with every entry that the path reaches; it steps into every list entry.
    func visit(_ path: ArraySlice<Int32>, from position: Int, _ body: (Int) -> Void) {
        guard let wanted = path.first else { return body(position) }
        let range = range(below: position)
        var child = range.lowerBound
        while child < range.upperBound {
            if entries[child].element == wanted { visit(path.dropFirst(), from: child, body) }
            child += Int(entries[child].size)
        }
    }

    /// The first entry that the path reaches.
    func first(_ path: MenuPath, from position: Int) -> Int? {
        var found: Int?
        visit(path.indexes[...], from: position) { if found == nil { found = $0 } }
        return found
    }

    /// The text of the first entry that the path reaches.
    func text(_ path: MenuPath, from position: Int) -> ArraySlice<UInt8>? { first(path, from: position).map { bytes(of: entries[$0]) } }

    /// Whether an element stands directly below.
    func has(_ index: Int32, below position: Int) -> Bool {
        let range = range(below: position)
        var child = range.lowerBound
        while child < range.upperBound {
            if entries[child].element == index { return true }
            child += Int(entries[child].size)
        }
        return false
    }

    /// The place of an entry, found by walking down to it.
    func place(of position: Int) -> DatasetPlace {
        var place = DatasetPlace()
        var menuClass: MenuClass? = message.menuClass
        var parent = Dataset.top
        while parent != position, let current = menuClass {
            let siblings = Siblings(entries: entries, range: range(below: parent))
            guard let next = siblings.first(where: { $0 <= position && position < $0 + Int(entries[$0].size) }) else { return place }
            let twins = siblings.filter { entries[$0].element == entries[next].element }
            let element = current.elements[Int(entries[next].element)]
            place.steps.append(.init(element: element, number: (twins.firstIndex(of: next) ?? 0, twins.count)))
            menuClass = current.record(element.json)
            parent = next
        }
        return place
    }
}
