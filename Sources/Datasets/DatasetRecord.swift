/// The elements directly below one element of a dataset, by their JSON names.
public struct DatasetRecord: Sendable {
    let dataset: Dataset
    public let menuClass: MenuClass
    let range: Range<Int>

    /// Whether the element stands here at all.
    public func has(_ name: String) -> Bool { positions(name).contains { _ in true } }

    /// The text of the (first) element of that name.
    public func text(_ name: String) -> String? { texts(name).first }

    /// The texts of a list of simple elements.
    public func texts(_ name: String) -> [String] {
        positions(name).map { String(decoding: dataset.bytes(of: dataset.entries[$0]), as: UTF8.self) }
    }

    /// The (first) element of that name, which has elements below it.
    public func record(_ name: String) -> DatasetRecord? { records(name).first }

    /// A list of elements that have elements below them.
    public func records(_ name: String) -> [DatasetRecord] {
        guard let below = menuClass.record(name) else { return [] }
        return positions(name).map { position in
            DatasetRecord(dataset: dataset, menuClass: below, range: position + 1..<position + Int(dataset.entries[position].size))
        }
    }

    private func positions(_ name: String) -> some Sequence<Int> {
        let index = menuClass.index(json: name)
        return Siblings(entries: dataset.entries, range: range).lazy.filter { Int(dataset.entries[$0].element) == index }
    }
}

/// The positions of the entries that stand side by side in a range.
struct Siblings: Sequence, IteratorProtocol {
    let entries: [Dataset.Entry]
    private var position: Int
    private let end: Int

    init(entries: [Dataset.Entry], range: Range<Int>) {
        self.entries = entries
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func next() -> Int? {
        guard position < end else { return nil }
        defer { position += Int(entries[position].size) }
        return position
    }
}
