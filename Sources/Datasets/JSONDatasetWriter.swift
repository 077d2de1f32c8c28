extension Dataset {
    public enum JSONLayout: Sendable { case compact, indented }

    /// The dataset as a JSON object: names in the order of the menu, lists always arrays, decimals as strings.
    public func json(_ layout: JSONLayout = .compact) -> [UInt8] {
        var writer = JSONWriter(layout: layout)
        writer.write(root)
        if layout == .indented { writer.bytes.append(UInt8(ascii: "\n")) }
        return writer.bytes
    }
}

private struct JSONWriter {
    let layout: Dataset.JSONLayout
    var bytes: [UInt8] = []
    private var depth = 0

    init(layout: Dataset.JSONLayout) {
        self.layout = layout
        bytes.reserveCapacity(8192)
    }

    mutating func write(_ record: Record) {
        let present = zip(record.menuClass.elements, record.values).lazy.compactMap { element, value in value.map { (element.json, $0) } }
        group("{", "}", Array(present)) { writer, member in
            writer.string(member.0)
            writer.bytes.append(UInt8(ascii: ":"))
            if writer.layout == .indented { writer.bytes.append(0x20) }
            writer.write(member.1)
        }
    }

    private mutating func write(_ value: Value) {
        switch value {
        case .text(let text): string(text)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .boolean(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .record(let record): write(record)
        case .list(let values): group("[", "]", values) { $0.write($1) }
        }
    }

    private mutating func group<Member>(
        _ open: Character, _ close: Character, _ members: [Member], _ write: (inout JSONWriter, Member) -> Void
    ) {
        bytes.append(contentsOf: open.utf8)
        depth += 1
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine()
            write(&self, member)
        }
        depth -= 1
        if !members.isEmpty { newLine() }
        bytes.append(contentsOf: close.utf8)
    }

    private mutating func newLine() {
        guard layout == .indented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }

    /// RFC 8259, section 7; everything outside ASCII stays as it is.
    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
