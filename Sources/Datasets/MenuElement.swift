internal import Glibc
public import XML

/// One element of the menu: a place in the tree with its own name in XML and in JSON. A class, because translation hands it
/// on for every value and a copy of its texts would cost more than the value.
public final class MenuElement: Sendable {
    public enum Content: Sendable {
        case simple(ElementFormat)
        case record(MenuClass)
    }

    /// How often an element may stand within its parent.
    public struct Cardinality: Hashable, Sendable {
        public let minimum: Int
        /// `nil` is unbounded.
        public let maximum: Int?
        /// Whether JSON holds an array, also of one.
        public let isList: Bool
    }

    /// Where the element comes from, in the terms of the WCO Data Model; annotations, never names.
    public struct Source: Hashable, Sendable {
        public let wcoID: String?
        public let wcoClass: String?
        public let wcoTag: String?
        /// `sourced`, `part` or `inference`.
        public let basis: String
        public let text: String
    }

    public let json: String
    public let xml: XMLName
    public let content: Content
    public let cardinality: Cardinality
    public let source: Source
    /// The menu's own name of the format or type, for documentation.
    public let formatText: String
    /// Whether the agreement uses the element; a message that has it though is refused.
    public let isUsed: Bool
    /// What both writers put around a value, made once.
    let spelling: Spelling

    struct Spelling: Sendable {
        /// `"name"`
        let quotedName: [UInt8]
        let openTag: [UInt8]
        let closeTag: [UInt8]
    }

    init(
        json: String, xml: XMLName, content: Content, cardinality: Cardinality, source: Source, formatText: String,
        isUsed: Bool, declaresNamespace: Bool
    ) {
        self.json = json
        self.xml = xml
        self.content = content
        self.cardinality = cardinality
        self.source = source
        self.formatText = formatText
        self.isUsed = isUsed
        let declaration = declaresNamespace ? " xmlns=\"\(xml.namespace)\"" : ""
        spelling = Spelling(
            quotedName: Array("\"\(json)\"".utf8), openTag: Array("<\(xml.local)\(declaration)>".utf8),
            closeTag: Array("</\(xml.local)>".utf8))
    }

    /// Whether the bytes are the element's JSON name.
    func isNamed(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let quoted = spelling.quotedName
        guard name.count == quoted.count - 2, let base = name.baseAddress else { return false }
        return quoted.withUnsafeBytes { memcmp($0.baseAddress! + 1, base, name.count) == 0 }
    }
}

/// The elements that stand together under one parent, in their order.
public final class MenuClass: Sendable {
    public let name: String
    public let elements: [MenuElement]
    let names: XMLNameTable
    private let mandatory: [Bool]
    private let indexByJSON: [String: Int]

    init(name: String, elements: [MenuElement]) {
        self.name = name
        self.elements = elements
        names = XMLNameTable(elements.map(\.xml))
        mandatory = elements.map { $0.cardinality.minimum > 0 }
        indexByJSON = Dictionary(uniqueKeysWithValues: elements.enumerated().map { ($1.json, $0) })
    }

    public func index(json name: String) -> Int? { indexByJSON[name] }

    public func element(_ json: String) -> MenuElement? { index(json: json).map { elements[$0] } }

    /// The class below the element of that name, where it has one.
    public func record(_ json: String) -> MenuClass? {
        guard let element = element(json), case .record(let menuClass) = element.content else { return nil }
        return menuClass
    }

    func isMandatory(_ index: Int) -> Bool { mandatory[index] }

    /// The place of the element with that JSON name; `hint` is where it stands in a message that keeps the order.
    func index(json name: UnsafeBufferPointer<UInt8>, hint: Int) -> Int? {
        for index in hint..<elements.count where elements[index].isNamed(name) { return index }
        for index in 0..<min(hint, elements.count) where elements[index].isNamed(name) { return index }
        return nil
    }
}
