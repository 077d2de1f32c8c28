/// A value of a dataset. Text, codes, decimals, dates and base64 keep the characters in which they were written.
public enum Value: Hashable, Sendable {
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case record(Record)
    case list([Value])

    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    public var record: Record? {
        if case .record(let record) = self { record } else { nil }
    }

    /// How XML writes a simple value.
    var spelling: String? {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .record, .list: nil
        }
    }
}

/// The values under one parent, in the order of the menu.
public struct Record: Sendable {
    public let menuClass: MenuClass
    /// One place for each element of the class, `nil` where the message has none.
    var values: [Value?]

    public init(_ menuClass: MenuClass) {
        self.menuClass = menuClass
        values = Array(repeating: nil, count: menuClass.elements.count)
    }

    /// The value of the element with that JSON name.
    public subscript(json: String) -> Value? {
        get { menuClass.index(json: json).flatMap { values[$0] } }
        set {
            guard let index = menuClass.index(json: json) else { preconditionFailure("\(menuClass.name) has no element \(json)") }
            values[index] = newValue
        }
    }
}

extension Record: Hashable {
    public static func == (one: Record, other: Record) -> Bool {
        one.menuClass.name == other.menuClass.name && one.values == other.values
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(menuClass.name)
        hasher.combine(values)
    }
}
