internal import XML

extension Dataset {
    /// Translates and validates in one walk along the menu.
    ///
    /// - Throws: `DatasetError` with a JSON Pointer for each problem.
    public init(json: [UInt8], as message: MenuMessage) throws(DatasetError) {
        var reader = JSONDatasetReader()
        var scanner = JSONScanner(json)
        var root = Record(message.menuClass)
        do {
            if case .record(let record) = try reader.value(&scanner, .record(message.menuClass)) { root = record }
            try scanner.end()
        } catch {
            throw DatasetError([DatasetProblem(.syntax, at: reader.pointer, "not JSON at \(scanner.place(error.offset)): \(error.reason)")])
        }
        if reader.problems.isEmpty {
            for rule in message.rules {
                for path in rule.missing(in: root) { reader.note(.rule, at: path, rule.text) }
            }
        }
        guard reader.problems.isEmpty else { throw DatasetError(reader.problems) }
        self.init(message, root: root)
    }
}

private struct JSONDatasetReader {
    var problems: [DatasetProblem] = []
    private var path: [Record.Step] = []

    /// RFC 6901, section 3.
    var pointer: String { JSONDatasetReader.pointer(path) }

    private static func pointer(_ path: [Record.Step]) -> String {
        path.map { step in
            switch step {
            case .index(let index): "/\(index)"
            case .name(let name):
                "/"
                    + name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
            }
        }.joined()
    }

    mutating func note(_ code: DatasetProblem.Code, at steps: [Record.Step] = [], _ text: String) {
        guard problems.count < DatasetError.limit else { return }
        problems.append(DatasetProblem(code, at: JSONDatasetReader.pointer(path + steps), text))
    }

    mutating func value(
        _ scanner: inout JSONScanner, _ content: MenuElement.Content
    ) throws(JSONScanner.SyntaxError) -> Value? {
        switch content {
        case .record(let menuClass): return try record(&scanner, menuClass).map(Value.record)
        case .simple(let format): return try simple(&scanner, format)
        }
    }

    private mutating func record(
        _ scanner: inout JSONScanner, _ menuClass: MenuClass
    ) throws(JSONScanner.SyntaxError) -> Record? {
        guard try expect(.object, &scanner) else { return nil }
        var record = Record(menuClass)
        var seen = Set<Int>()
        try scanner.object { (scanner, name) throws(JSONScanner.SyntaxError) in
            path.append(.name(name))
            defer { path.removeLast() }
            guard let index = menuClass.index(json: name) else {
                guard problems.count < DatasetError.limit else { return try scanner.skip() }
                let near = name.nearest(in: menuClass.elements.map(\.json), within: 3).first
                note(.unknownElement, "\(name) is not known in \(menuClass.name)" + (near.map { "; did you mean \($0)?" } ?? ""))
                return try scanner.skip()
            }
            guard seen.insert(index).inserted else {
                note(.repeatedElement, "the name \(name) stands twice in one object")
                return try scanner.skip()
            }
            let element = menuClass.elements[index]
            record.values[index] = try element.cardinality.isList ? list(&scanner, element) : value(&scanner, element.content)
        }
        for (index, element) in menuClass.elements.enumerated() where element.cardinality.minimum > 0 && !seen.contains(index) {
            note(.missingElement, at: [.name(element.json)], "\(element.json) is mandatory: \(element.source.text)")
        }
        return record
    }

    private mutating func list(
        _ scanner: inout JSONScanner, _ element: MenuElement
    ) throws(JSONScanner.SyntaxError) -> Value? {
        guard try expect(.array, &scanner) else { return nil }
        var values: [Value] = []
        var count = 0
        try scanner.array { (scanner) throws(JSONScanner.SyntaxError) in
            path.append(.index(count))
            defer { path.removeLast() }
            count += 1
            if let value = try value(&scanner, element.content) { values.append(value) }
        }
        guard count > 0 else {
            note(.empty, "the list is empty; leave it out where there is nothing to say")
            return nil
        }
        return .list(values)
    }

    private mutating func simple(
        _ scanner: inout JSONScanner, _ format: ElementFormat
    ) throws(JSONScanner.SyntaxError) -> Value? {
        switch format {
        case .integer:
            guard try expect(.number, &scanner) else { return nil }
            let text = try scanner.number()
            return accept(text, format) ? Int(text).map(Value.integer) : nil
        case .boolean:
            guard try expect(.boolean, &scanner) else { return nil }
            return .boolean(try scanner.boolean())
        case .text, .pattern, .code, .decimal, .date, .dateTime, .base64:
            guard try expect(.string, &scanner) else { return nil }
            let text = try scanner.string()
            guard text.unicodeScalars.allSatisfy(\.isXMLCharacter) else {
                note(.format, "the text has a character that XML cannot hold")
                return nil
            }
            if case .base64 = format, text.utf8.contains(where: { [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
                note(.format, "base64 in JSON has no white space")
                return nil
            }
            return accept(text, format) ? .text(text) : nil
        }
    }

    private mutating func accept(_ text: String, _ format: ElementFormat) -> Bool {
        guard problems.count < DatasetError.limit, let violation = format.violation(text) else { return true }
        note(violation.code, violation.text)
        return false
    }

    private mutating func expect(
        _ kind: JSONScanner.Kind, _ scanner: inout JSONScanner
    ) throws(JSONScanner.SyntaxError) -> Bool {
        let found = try scanner.peek()
        guard found != kind else { return true }
        try scanner.skip()
        note(.wrongType, "\(found.rawValue) where \(kind.rawValue) belongs" + (found == .null ? "; leave the name out instead" : ""))
        return false
    }
}
