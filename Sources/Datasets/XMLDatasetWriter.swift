internal import XML

extension Dataset {
    /// The dataset as the child of Body: one default namespace, elements in the order of the menu.
    public var xml: [UInt8] {
        var writer = XMLWriter(capacity: 8192)
        writer.open(message.xml.local, ["xmlns": message.xml.namespace])
        write(root, to: &writer)
        writer.close(message.xml.local)
        return writer.bytes
    }

    private func write(_ record: Record, to writer: inout XMLWriter) {
        for (element, value) in zip(record.menuClass.elements, record.values) {
            switch value {
            case nil: continue
            case .list(let values): for value in values { write(value, as: element.xml.local, to: &writer) }
            case .some(let value): write(value, as: element.xml.local, to: &writer)
            }
        }
    }

    private func write(_ value: Value, as tag: String, to writer: inout XMLWriter) {
        writer.open(tag)
        if case .record(let record) = value { write(record, to: &writer) } else { writer.text(value.spelling ?? "") }
        writer.close(tag)
    }
}
