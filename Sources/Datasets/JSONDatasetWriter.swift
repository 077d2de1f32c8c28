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
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for (index, byte) in utf8.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                bytes.append(contentsOf: JSONWriter.escape(byte).utf8)
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Of control characters XML can hold only these three.
    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0x09: "\\t"
        default: "\\" + String(UnicodeScalar(byte))
        }
    }
}
