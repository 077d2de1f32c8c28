extension Dataset {
    public enum JSONLayout: Sendable { case compact, indented }

    /// The dataset as a JSON object: names in the order of the menu, lists always arrays, decimals as strings.
    public func json(_ layout: JSONLayout = .compact) -> [UInt8] {
        var writer = JSONDatasetWriter(entries: entries, layout: layout, capacity: texts.count * 2 + entries.count * 24)
        texts.withUnsafeBufferPointer { writer.write(0..<entries.count, message.menuClass, $0) }
        if layout == .indented { writer.bytes.append(UInt8(ascii: "\n")) }
        return writer.bytes
    }
}

private struct JSONDatasetWriter {
    let entries: [Dataset.Entry]
    let layout: Dataset.JSONLayout
    var bytes: [UInt8] = []
    private var depth = 0

    init(entries: [Dataset.Entry], layout: Dataset.JSONLayout, capacity: Int) {
        self.entries = entries
        self.layout = layout
        bytes.reserveCapacity(capacity)
    }

    /// An object of the entries that stand side by side in a range.
    mutating func write(_ range: Range<Int>, _ menuClass: MenuClass, _ texts: UnsafeBufferPointer<UInt8>) {
        open(UInt8(ascii: "{"))
        var position = range.lowerBound
        var previous: Int32 = -1
        var isInList = false
        while position < range.upperBound {
            let entry = entries[position]
            let end = position + Int(entry.size)
            let element = menuClass.elements[Int(entry.element)]
            if entry.element != previous {
                if isInList { close(UInt8(ascii: "]")) }
                if previous >= 0 { bytes.append(UInt8(ascii: ",")) }
                newLine()
                bytes.append(contentsOf: element.spelling.quotedName)
                bytes.append(UInt8(ascii: ":"))
                if layout == .indented { bytes.append(0x20) }
                isInList = element.cardinality.isList
                if isInList {
                    open(UInt8(ascii: "["))
                    newLine()
                }
                previous = entry.element
            } else {
                bytes.append(UInt8(ascii: ","))
                newLine()
            }
            switch element.content {
            case .record(let below): write(position + 1..<end, below, texts)
            case .simple(let format):
                let text = UnsafeBufferPointer(rebasing: texts[Int(entry.start)..<Int(entry.start + entry.length)])
                if format.isBareInJSON { bytes.append(contentsOf: text) } else { bytes.appendJSON(text) }
            }
            position = end
        }
        if isInList { close(UInt8(ascii: "]")) }
        close(UInt8(ascii: "}"), isEmpty: range.isEmpty)
    }

    private mutating func open(_ bracket: UInt8) {
        bytes.append(bracket)
        depth += 1
    }

    private mutating func close(_ bracket: UInt8, isEmpty: Bool = false) {
        depth -= 1
        if !isEmpty { newLine() }
        bytes.append(bracket)
    }

    private mutating func newLine() {
        guard layout == .indented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }
}
