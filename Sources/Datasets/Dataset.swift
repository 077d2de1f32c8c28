/// A message by its values: what stands under the Body's child in XML, and the JSON object.
public struct Dataset: Hashable, Sendable {
    public let message: MenuMessage
    public var root: Record

    public init(_ message: MenuMessage) {
        self.message = message
        root = Record(message.menuClass)
    }

    init(_ message: MenuMessage, root: Record) {
        self.message = message
        self.root = root
    }

    /// The text at a path of JSON names, `nil` where nothing stands there.
    public func text(_ path: String...) -> String? {
        var record = root
        for name in path.dropLast() {
            guard let next = record[name]?.record else { return nil }
            record = next
        }
        return path.last.flatMap { record[$0]?.text }
    }

    public static func == (one: Dataset, other: Dataset) -> Bool { one.message.xml == other.message.xml && one.root == other.root }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(message.xml)
        hasher.combine(root)
    }
}
