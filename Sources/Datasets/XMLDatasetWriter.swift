internal import XML

extension Dataset {
    /// The dataset as the child of Body: one default namespace, elements in the order of the menu.
    public var xml: [UInt8] {
        var writer = XMLWriter(capacity: texts.count + texts.count / 2 + entries.count * 32)
        writer.open(message.xml.local, ["xmlns": message.xml.namespace])
        texts.withUnsafeBufferPointer { texts in write(0..<entries.count, message.menuClass, texts, to: &writer) }
        writer.close(message.xml.local)
        return writer.bytes
    }

    private func write(
        _ range: Range<Int>, _ menuClass: MenuClass, _ texts: UnsafeBufferPointer<UInt8>, to writer: inout XMLWriter
    ) {
        var position = range.lowerBound
        while position < range.upperBound {
            let entry = entries[position]
            let element = menuClass.elements[Int(entry.element)]
            let end = position + Int(entry.size)
            writer.markup(element.spelling.openTag)
            switch element.content {
            case .record(let below): write(position + 1..<end, below, texts, to: &writer)
            case .simple: writer.text(UnsafeBufferPointer(rebasing: texts[Int(entry.start)..<Int(entry.start + entry.length)]))
            }
            writer.markup(element.spelling.closeTag)
            position = end
        }
    }
}
