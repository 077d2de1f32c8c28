internal import XML

extension Dataset {
    /// The dataset as the child of Body: one default namespace, elements in the order of the menu.
    public var xml: [UInt8] {
        var attachments: [Range<Int>] = []
        return xml(attachments: &attachments)
    }

    /// - Parameter attachments: where, in what is written, long base64 content stands; what MTOM sends as parts of its own.
    public func xml(attachments: inout [Range<Int>]) -> [UInt8] {
        var writer = XMLWriter(capacity: texts.count + texts.count / 2 + entries.count * 32)
        // A default namespace would take in local elements that have none.
        let isQualified = message.menuClass.elements.first?.xml.namespace != ""
        let tag = isQualified ? message.xml.local : "message:" + message.xml.local
        writer.open(tag, [isQualified ? "xmlns" : "xmlns:message": message.xml.namespace])
        texts.withUnsafeBufferPointer { texts in write(0..<entries.count, message.menuClass, texts, to: &writer, &attachments) }
        writer.close(tag)
        return writer.bytes
    }

    /// Characters of base64; digests are shorter.
    private static let leastAttachment = 256

    private func write(
        _ range: Range<Int>, _ menuClass: MenuClass, _ texts: UnsafeBufferPointer<UInt8>, to writer: inout XMLWriter,
        _ attachments: inout [Range<Int>]
    ) {
        var position = range.lowerBound
        while position < range.upperBound {
            let entry = entries[position]
            let element = menuClass.elements[Int(entry.element)]
            let end = position + Int(entry.size)
            writer.markup(element.spelling.openTag)
            switch element.content {
            case .record(let below): write(position + 1..<end, below, texts, to: &writer, &attachments)
            case .simple(let format):
                let start = writer.bytes.count
                writer.text(UnsafeBufferPointer(rebasing: texts[Int(entry.start)..<Int(entry.start + entry.length)]))
                if case .base64 = format, entry.length >= Dataset.leastAttachment { attachments.append(start..<writer.bytes.count) }
            }
            writer.markup(element.spelling.closeTag)
            position = end
        }
    }
}
