/// A message by its values: what stands under the Body's child in XML, and the JSON object.
///
/// It is flat: one entry for each element in document order, and one run of bytes for all texts, in the characters in which
/// they were written. So a translation makes no object for a value, and the menu stays the only place where an element has a name.
public struct Dataset: Sendable {
    public let message: MenuMessage
    var entries: [Entry] = []
    /// UTF-8 of all texts.
    var texts: [UInt8] = []

    /// An element: which of its class, and either its text or the entries below it, which follow directly.
    struct Entry: Sendable {
        /// Its place among the elements of the class above it.
        let element: Int32
        /// Number of entries that it takes, itself and all below.
        var size: Int32 = 1
        /// Where its text lies.
        var start: Int32 = 0
        var length: Int32 = 0
    }

    init(_ message: MenuMessage) {
        self.message = message
    }

    /// What stands directly below the message.
    public var root: DatasetRecord { DatasetRecord(dataset: self, menuClass: message.menuClass, range: 0..<entries.count) }

    /// The text at a path of JSON names, `nil` where nothing stands there.
    public func text(_ path: String...) -> String? {
        var record = root
        for name in path.dropLast() {
            guard let next = record.record(name) else { return nil }
            record = next
        }
        return path.last.flatMap { record.text($0) }
    }

    func bytes(of entry: Entry) -> ArraySlice<UInt8> { texts[Int(entry.start)..<Int(entry.start + entry.length)] }
}

extension Dataset: Hashable {
    /// The same elements with the same bytes; where the bytes lie does not count.
    public static func == (one: Dataset, other: Dataset) -> Bool {
        one.message.xml == other.message.xml && one.entries.count == other.entries.count
            && zip(one.entries, other.entries).allSatisfy { mine, yours in
                mine.element == yours.element && mine.size == yours.size && one.bytes(of: mine) == other.bytes(of: yours)
            }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(message.xml)
        for entry in entries {
            hasher.combine(entry.element)
            hasher.combine(entry.size)
            hasher.combine(bytes(of: entry))
        }
    }
}
