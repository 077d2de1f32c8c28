public import XML

extension Dataset {
    /// Translates and validates in one walk along the menu.
    ///
    /// - Parameter element: the message's element, from a verified Body.
    /// - Throws: `DatasetError` with an XPath for each problem.
    public init(reading element: XMLElement, as message: MenuMessage) throws(DatasetError) {
        var reader = XMLDatasetReader(element, message)
        self = try reader.read()
    }
}

private struct XMLDatasetReader {
    /// Keeps the tree alive during the walk.
    private let origin: XMLElement
    private var dataset: Dataset
    private var problems: [DatasetProblem] = []

    init(_ element: XMLElement, _ message: MenuMessage) {
        origin = element
        dataset = Dataset(message)
        dataset.entries.reserveCapacity(256)
        dataset.texts.reserveCapacity(4096)
    }

    mutating func read() throws(DatasetError) -> Dataset {
        let expected = dataset.message.xml
        guard origin.has(expected) else {
            let text = "\(origin.local) in the namespace '\(origin.namespace)' is not \(expected.local) in '\(expected.namespace)'"
            throw DatasetError([DatasetProblem(.unknownElement, at: origin.path, text)])
        }
        readRecord(origin.cursor, dataset.message.menuClass)
        if problems.isEmpty { problems = dataset.brokenRules { origin.path + $0.path } }
        guard problems.isEmpty else { throw DatasetError(problems) }
        return dataset
    }

    private mutating func note(
        _ code: DatasetProblem.Code, _ cursor: XMLCursor, below: String = "", of element: MenuElement? = nil, _ text: String
    ) {
        guard problems.count < DatasetError.limit else { return }
        problems.append(
            DatasetProblem(code, at: origin.element(at: cursor).path + below, text, wcoID: element?.source.wcoID))
    }

    /// Elements must come in the order of the menu, as the schema's sequence demands.
    private mutating func readRecord(_ cursor: XMLCursor, _ menuClass: MenuClass) {
        if cursor.hasAttributes { refuseAttributes(of: cursor) }
        let first = dataset.entries.count
        var expected = 0
        /// How often the element at `expected` was read; more than none only where it is a list.
        var count = 0
        var walk = cursor.children
        while let child = walk.next() {
            guard let index = menuClass.names.index(of: child, from: expected) else {
                refuse(child, menuClass, last: count > 0 ? expected : expected - 1, siblings: first, of: cursor)
                continue
            }
            if index > expected {
                noteMissing(expected..<index, count, menuClass, cursor)
                count = 0
            }
            let element = menuClass.elements[index]
            count += 1
            if !element.isUsed { note(.notUsed, child, of: element, "\(element.xml.local) is not used under this agreement; leave it out") }
            read(child, index, element)
            if element.cardinality.isList {
                expected = index
                if let maximum = element.cardinality.maximum, count == maximum + 1 {
                    note(.tooMany, child, of: element, "more than \(maximum) \(element.xml.local) where at the most \(maximum) are allowed")
                }
            } else {
                expected = index + 1
                count = 0
            }
        }
        noteMissing(expected..<menuClass.elements.count, count, menuClass, cursor)
        if walk.passedText { note(.unexpectedContent, cursor, "text stands between the elements") }
    }

    private mutating func read(_ cursor: XMLCursor, _ index: Int, _ element: MenuElement) {
        let position = dataset.begin(index)
        switch element.content {
        case .record(let menuClass):
            readRecord(cursor, menuClass)
            dataset.endRecord(position)
        case .simple(let format):
            readText(cursor, format, position, element)
        }
    }

    private mutating func readText(_ cursor: XMLCursor, _ format: ElementFormat, _ position: Int, _ element: MenuElement) {
        if cursor.hasAttributes { refuseAttributes(of: cursor) }
        guard cursor.appendText(to: &dataset.texts) else {
            return note(.unexpectedContent, cursor, of: element, "\(element.xml.local) holds text, not elements")
        }
        dataset.endText(of: position)
        if format.collapsesWhiteSpace { dataset.collapseWhiteSpace(of: position, format) }
        guard let violation = dataset.violation(of: position, format) else {
            if case .boolean = format { dataset.spellBoolean(position) }
            return
        }
        guard problems.count < DatasetError.limit else { return }
        let said = format.describe(violation, String(decoding: dataset.bytes(of: dataset.entries[position]), as: UTF8.self))
        note(said.code, cursor, of: element, said.text)
    }

    /// The walk stays where it was: what is refused takes no place in the order.
    ///
    /// - Parameters:
    ///   - last: the element of the class that was read last.
    ///   - first: the entry where the siblings of the refused element begin.
    private mutating func refuse(_ cursor: XMLCursor, _ menuClass: MenuClass, last: Int, siblings first: Int, of parent: XMLCursor) {
        guard problems.count < DatasetError.limit else { return }
        let name = origin.element(at: cursor).name
        guard let earlier = menuClass.names.index(of: cursor, from: 0) else {
            let near = name.local.nearest(in: menuClass.elements.map(\.xml.local), within: 3).first
            let hint =
                if let near, near == name.local {
                    "; its namespace is '\(name.namespace)', expected '\(menuClass.elements[0].xml.namespace)'"
                } else if let near { "; did you mean \(near)?" } else { "" }
            return note(.unknownElement, cursor, "\(name.local) is not known in \(menuClass.name)\(hint)")
        }
        let entries = dataset.entries
        let isThere = Siblings(entries: entries, range: first..<entries.count).contains { Int(entries[$0].element) == earlier }
        let element = menuClass.elements[earlier]
        if isThere, !element.cardinality.isList {
            note(.repeatedElement, cursor, of: element, "\(name.local) may stand only once")
        } else {
            // It is not missing, as was thought when its place was passed.
            let place = origin.element(at: parent).path + "/" + name.local
            problems.removeAll { $0.code == .missingElement && $0.place == place }
            note(.wrongOrder, cursor, of: element, "\(name.local) must stand before \(menuClass.elements[last].xml.local)")
        }
    }

    /// - Parameter count: how many there are of the first of the range.
    private mutating func noteMissing(_ range: Range<Int>, _ count: Int, _ menuClass: MenuClass, _ parent: XMLCursor) {
        for index in range where menuClass.isMandatory(index) && !(index == range.lowerBound && count > 0) {
            let element = menuClass.elements[index]
            note(
                .missingElement, parent, below: "/" + element.xml.local, of: element,
                "\(element.xml.local) is mandatory: \(element.source.text)")
        }
    }

    private mutating func refuseAttributes(of cursor: XMLCursor) {
        for attribute in origin.element(at: cursor).attributes {
            note(.unexpectedContent, cursor, below: "/@" + attribute.name.local, "elements of a dataset have no attributes")
        }
    }
}

extension Dataset {
    func violation(of position: Int, _ format: ElementFormat) -> ElementFormat.Violation? {
        let entry = entries[position]
        return texts.withUnsafeBufferPointer { texts in
            format.violation(UnsafeBufferPointer(rebasing: texts[Int(entry.start)..<Int(entry.start + entry.length)]))
        }
    }

    /// The text is the last one. Base64 loses all its white space, every other format what stands at its ends
    /// (XML Schema part 2, section 4.3.6); spaces inside stay and are for the format to refuse.
    fileprivate mutating func collapseWhiteSpace(of position: Int, _ format: ElementFormat) {
        let text = bytes(of: entries[position])
        guard text.contains(where: \.isXMLSpace) else { return }
        let kept: [UInt8]
        if case .base64 = format {
            kept = text.filter { !$0.isXMLSpace }
        } else {
            let end = text.lastIndex { !$0.isXMLSpace }.map { $0 + 1 } ?? text.startIndex
            kept = Array(text[..<end].drop(while: \.isXMLSpace))
        }
        replaceText(of: position, with: kept)
    }

    /// `1` and `0` become the words that JSON knows.
    fileprivate mutating func spellBoolean(_ position: Int) {
        let text = bytes(of: entries[position])
        guard text.count == 1 else { return }
        replaceText(of: position, with: Array((text.first == UInt8(ascii: "1") ? "true" : "false").utf8))
    }

    private mutating func replaceText(of position: Int, with text: [UInt8]) {
        texts.removeSubrange(Int(entries[position].start)...)
        texts.append(contentsOf: text)
        endText(of: position)
    }
}

extension UInt8 {
    /// XML 1.0, production 3.
    var isXMLSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
