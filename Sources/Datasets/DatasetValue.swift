/// A value to make a dataset of; datasets that come from outside are read from XML or JSON instead.
public enum DatasetValue: Sendable {
    case text(String)
    case record([String: DatasetValue])
    case list([DatasetValue])
}

extension Dataset {
    /// A message of our own making. Names that the menu does not have are a mistake of the caller; formats and rules are not
    /// checked.
    public init(_ message: MenuMessage, _ values: [String: DatasetValue]) {
        self.init(message)
        append(values, message.menuClass)
    }

    private mutating func append(_ values: [String: DatasetValue], _ menuClass: MenuClass) {
        precondition(values.keys.allSatisfy { menuClass.index(json: $0) != nil }, "\(menuClass.name) has not all of \(values.keys)")
        for (index, element) in menuClass.elements.enumerated() {
            switch values[element.json] {
            case nil: continue
            case .list(let values): for value in values { append(value, index, element) }
            case .some(let value): append(value, index, element)
            }
        }
    }

    private mutating func append(_ value: DatasetValue, _ index: Int, _ element: MenuElement) {
        let position = begin(index)
        switch (value, element.content) {
        case (.text(let text), .simple):
            texts.append(contentsOf: text.utf8)
            endText(of: position)
        case (.record(let values), .record(let menuClass)):
            append(values, menuClass)
            endRecord(position)
        default: preconditionFailure("\(element.json) of the menu is not what the value is")
        }
    }
}

extension Dataset {
    /// Starts the entry of an element; its text starts at the end of all texts.
    mutating func begin(_ element: Int) -> Int {
        entries.append(Entry(element: Int32(element), start: Int32(texts.count)))
        return entries.count - 1
    }

    mutating func endText(of position: Int) {
        entries[position].length = Int32(texts.count) - entries[position].start
    }

    mutating func endRecord(_ position: Int) {
        entries[position].size = Int32(entries.count - position)
    }
}
