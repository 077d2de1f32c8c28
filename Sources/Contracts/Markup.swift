internal import XML

/// An element of a contract in the making; written indented, for people read contracts too.
struct Markup {
    let tag: String
    let attributes: KeyValuePairs<String, String>
    var content: Content

    enum Content {
        case children([Markup])
        case text(String)
    }

    init(_ tag: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []) {
        self.tag = tag
        self.attributes = attributes
        content = .children(children)
    }

    init(_ tag: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
        self.tag = tag
        self.attributes = attributes
        content = .text(text)
    }

    /// The document, with an XML declaration and a comment that says where it comes from.
    func document(comment: String) -> [UInt8] {
        var writer = XMLWriter(capacity: 64 * 1024)
        writer.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- \(comment) -->\n".utf8)
        write(to: &writer, depth: 0)
        return writer.bytes
    }

    private func write(to writer: inout XMLWriter, depth: Int) {
        writer.markup(repeatElement(0x20, count: depth * 2).map { $0 })
        switch content {
        case .text(let text): writer.element(tag, attributes, text: text)
        case .children(let children):
            writer.open(tag, attributes)
            if !children.isEmpty {
                writer.markup("\n")
                for child in children { child.write(to: &writer, depth: depth + 1) }
                writer.markup(repeatElement(0x20, count: depth * 2).map { $0 })
            }
            writer.close(tag)
        }
        writer.markup("\n")
    }
}
