internal import XML

extension Dataset {
    /// Translates and validates in one walk along the menu.
    ///
    /// - Throws: `DatasetError` with a JSON Pointer for each problem.
    public init(json: [UInt8], as message: MenuMessage) throws(DatasetError) {
        guard json.count < Int32.max else {
            throw DatasetError([DatasetProblem(.syntax, at: "", "\(json.count) bytes; a dataset has less than 2 GiB")])
        }
        self = try json.withUnsafeBufferPointer { (bytes) throws(DatasetError) in
            var reader = JSONDatasetReader(message)
            return try reader.read(bytes)
        }
    }
}

extension Dataset {
    /// The text of a member at the top of a JSON object; `nil` where there is none, or before it something that is not JSON.
    static func text(_ json: [UInt8], member: StaticString) -> String? {
        json.withUnsafeBufferPointer { bytes in
            do throws(JSONScanner.SyntaxError) {
                var scanner = try JSONScanner(bytes)
                guard try scanner.peek() == .object, try scanner.find(member), try scanner.peek() == .string else { return nil }
                var text: [UInt8] = []
                try scanner.string(into: &text)
                return String(decoding: text, as: UTF8.self)
            } catch {
                return nil
            }
        }
    }
}

private struct JSONDatasetReader {
    private var dataset: Dataset
    private var problems: [DatasetProblem] = []
    /// Positions of the entries that are being read, the outermost first.
    private var open: [Int] = []

    init(_ message: MenuMessage) {
        dataset = Dataset(message)
        dataset.entries.reserveCapacity(256)
        dataset.texts.reserveCapacity(4096)
    }

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(DatasetError) -> Dataset {
        do throws(JSONScanner.SyntaxError) {
            var scanner = try JSONScanner(bytes)
            try readRecord(&scanner, dataset.message.menuClass)
            try scanner.end()
        } catch {
            let place = JSONScanner.place(error.offset, in: bytes)
            throw DatasetError([DatasetProblem(.syntax, at: pointer, "not JSON at \(place): \(error.reason)")])
        }
        if problems.isEmpty { problems = dataset.brokenRules(at: \.pointer) }
        guard problems.isEmpty else { throw DatasetError(problems) }
        return dataset
    }

    /// RFC 6901 of the entry that is being read. What was read before it is whole; only the open entries do not know their size.
    private var pointer: String {
        var place = DatasetPlace()
        var menuClass = dataset.message.menuClass
        var first = 0
        for position in open {
            let entry = dataset.entries[position]
            let element = menuClass.elements[Int(entry.element)]
            let earlier = Siblings(entries: dataset.entries, range: first..<position).count { dataset.entries[$0].element == entry.element }
            place.steps.append(.init(element: element, number: (earlier, earlier + 1)))
            if case .record(let below) = element.content { menuClass = below }
            first = position + 1
        }
        return place.pointer
    }

    private mutating func note(_ code: DatasetProblem.Code, below name: String? = nil, of element: MenuElement? = nil, _ text: String) {
        guard problems.count < DatasetError.limit else { return }
        let escaped = name.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") } ?? ""
        problems.append(DatasetProblem(code, at: pointer + escaped, text, wcoID: element?.source.wcoID))
    }

    private mutating func readRecord(
        _ scanner: inout JSONScanner, _ menuClass: MenuClass, _ element: MenuElement? = nil
    ) throws(JSONScanner.SyntaxError) {
        guard try expect(.object, &scanner, element) else { return }
        let first = dataset.entries.count
        var seen = SeenElements()
        var highest = -1
        var isInOrder = true
        try scanner.object { (scanner, name) throws(JSONScanner.SyntaxError) in
            guard let index = menuClass.index(json: name, hint: highest + 1) else {
                noteUnknown(String(decoding: name, as: UTF8.self), menuClass)
                return try scanner.skip()
            }
            let element = menuClass.elements[index]
            guard seen.insert(index) else {
                note(.repeatedElement, below: element.json, of: element, "the name \(element.json) stands twice in one object")
                return try scanner.skip()
            }
            if !element.isUsed {
                note(.notUsed, below: element.json, of: element, "\(element.json) is not used under this agreement; leave it out")
            }
            if index < highest { isInOrder = false }
            highest = max(highest, index)
            if element.cardinality.isList { try readList(&scanner, index, element) } else { try read(&scanner, index, element) }
        }
        for index in 0..<menuClass.elements.count where menuClass.isMandatory(index) && !seen.contains(index) {
            let element = menuClass.elements[index]
            note(.missingElement, below: element.json, of: element, "\(element.json) is mandatory: \(element.source.text)")
        }
        if !isInOrder { dataset.sortSiblings(from: first) }
    }

    private mutating func noteUnknown(_ name: String, _ menuClass: MenuClass) {
        guard problems.count < DatasetError.limit else { return }
        let near = name.nearest(in: menuClass.elements.map(\.json), within: 3).first
        note(.unknownElement, below: name, "\(name) is not known in \(menuClass.name)" + (near.map { "; did you mean \($0)?" } ?? ""))
    }

    private mutating func readList(
        _ scanner: inout JSONScanner, _ index: Int, _ element: MenuElement
    ) throws(JSONScanner.SyntaxError) {
        let found = try scanner.peek()
        guard found == .array else {
            note(.wrongType, below: element.json, of: element, JSONDatasetReader.wrongType(found, .array))
            return try scanner.skip()
        }
        var count = 0
        try scanner.array { (scanner) throws(JSONScanner.SyntaxError) in
            count += 1
            try read(&scanner, index, element)
        }
        if count == 0 { note(.empty, below: element.json, of: element, "the list is empty; leave it out where there is nothing to say") }
        if let maximum = element.cardinality.maximum, count > maximum {
            note(.tooMany, below: element.json, of: element, "\(count) entries where at the most \(maximum) are allowed")
        }
    }

    private mutating func read(
        _ scanner: inout JSONScanner, _ index: Int, _ element: MenuElement
    ) throws(JSONScanner.SyntaxError) {
        let position = dataset.begin(index)
        open.append(position)
        switch element.content {
        case .record(let menuClass):
            try readRecord(&scanner, menuClass, element)
            dataset.endRecord(position)
        case .simple(let format):
            try readText(&scanner, format, position, element)
        }
        open.removeLast()
    }

    private mutating func readText(
        _ scanner: inout JSONScanner, _ format: ElementFormat, _ position: Int, _ element: MenuElement
    ) throws(JSONScanner.SyntaxError) {
        switch format {
        case .integer:
            guard try expect(.number, &scanner, element) else { return }
            try scanner.number(into: &dataset.texts)
        case .boolean:
            guard try expect(.boolean, &scanner, element) else { return }
            dataset.texts.append(contentsOf: (try scanner.boolean() ? "true" : "false").utf8)
        case .text, .pattern, .code, .decimal, .date, .dateTime, .base64:
            guard try expect(.string, &scanner, element) else { return }
            try scanner.string(into: &dataset.texts)
        }
        dataset.endText(of: position)
        let text = dataset.bytes(of: dataset.entries[position])
        if !text.isXMLText { return note(.format, of: element, "the text has a character that XML cannot hold") }
        if case .base64 = format, text.contains(where: \.isXMLSpace) {
            return note(.format, of: element, "base64 in JSON has no white space")
        }
        guard problems.count < DatasetError.limit, let violation = dataset.violation(of: position, format) else { return }
        let said = format.describe(violation, String(decoding: text, as: UTF8.self))
        note(said.code, of: element, said.text)
    }

    private mutating func expect(
        _ kind: JSONScanner.Kind, _ scanner: inout JSONScanner, _ element: MenuElement?
    ) throws(JSONScanner.SyntaxError) -> Bool {
        let found = try scanner.peek()
        guard found != kind else { return true }
        try scanner.skip()
        note(.wrongType, of: element, JSONDatasetReader.wrongType(found, kind))
        return false
    }

    private static func wrongType(_ found: JSONScanner.Kind, _ expected: JSONScanner.Kind) -> String {
        "\(found.rawValue) where \(expected.rawValue) belongs" + (found == .null ? "; leave the name out instead" : "")
    }
}

/// Which elements of a class an object has named.
private struct SeenElements {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    func contains(_ index: Int) -> Bool { (index < 64 ? low : high) & 1 << UInt64(index & 63) != 0 }

    /// - Returns: `false` where it was there already.
    mutating func insert(_ index: Int) -> Bool {
        guard !contains(index) else { return false }
        if index < 64 { low |= 1 << UInt64(index & 63) } else { high |= 1 << UInt64(index & 63) }
        return true
    }
}

extension Dataset {
    /// Puts the entries from there to the end, which stand side by side, into the order of the menu.
    fileprivate mutating func sortSiblings(from first: Int) {
        let siblings = Siblings(entries: entries, range: first..<entries.count).map { $0..<$0 + Int(entries[$0].size) }
        // The sort of the standard library keeps the order of equals, so lists stay as they were.
        let sorted = siblings.sorted { entries[$0.lowerBound].element < entries[$1.lowerBound].element }
        let moved = sorted.flatMap { entries[$0] }
        entries.replaceSubrange(first..., with: moved)
    }
}

extension ArraySlice<UInt8> {
    /// Whether UTF-8 holds only characters of XML 1.0 (production 2): surrogates it cannot hold, so what remains are control
    /// characters and U+FFFE and U+FFFF.
    fileprivate var isXMLText: Bool {
        withUnsafeBufferPointer { text in
            for index in 0..<text.count where text[index] < 0x20 || text[index] == 0xEF {
                if text[index] == 0xEF {
                    if index + 2 < text.count, text[index + 1] == 0xBF, text[index + 2] >= 0xBE { return false }
                } else if !text[index].isXMLSpace {
                    return false
                }
            }
            return true
        }
    }
}
