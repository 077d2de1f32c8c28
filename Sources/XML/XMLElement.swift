internal import CLibXML2
internal import Glibc

/// An element of a document, which it keeps alive.
public struct XMLElement {
    public let document: XMLDocument
    let node: xmlNodePtr

    init(_ document: XMLDocument, _ node: xmlNodePtr) {
        self.document = document
        self.node = node
    }

    /// libxml2's node, for the second signature engine alone.
    @_spi(Tree) public var tree: UnsafeMutableRawPointer { UnsafeMutableRawPointer(node) }

    public var local: String { String(cString: node.pointee.name) }

    public var namespace: String {
        guard let namespace = node.pointee.ns, let href = namespace.pointee.href else { return "" }
        return String(cString: href)
    }

    public var name: XMLName { XMLName(namespace, local) }

    /// Whether namespace and local name are those of `name`; prefixes are never compared.
    public func has(_ name: XMLName) -> Bool {
        equals(node.pointee.name, name.local) && equals(node.pointee.ns?.pointee.href, name.namespace)
    }

    /// Whether both are the same node of the same tree, the question that signature wrapping turns on.
    public func isSameNode(as other: XMLElement) -> Bool { node == other.node }

    /// The element above, `nil` for the document element.
    public var parent: XMLElement? {
        guard let parent = node.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE else { return nil }
        return XMLElement(document, parent)
    }

    /// Whether `other` is this element or lies inside it.
    public func contains(_ other: XMLElement) -> Bool {
        var candidate: xmlNodePtr? = other.node
        while let current = candidate {
            if current == node { return true }
            candidate = current.pointee.parent
        }
        return false
    }

    /// How many elements this is, with all inside it.
    public var elementCount: Int {
        var count = 1
        var next = node.pointee.children
        while let current = next {
            if current.pointee.type == XML_ELEMENT_NODE { count += 1 }
            if current.pointee.type == XML_ELEMENT_NODE, let child = current.pointee.children {
                next = child
                continue
            }
            var here = current
            while here.pointee.next == nil, let parent = here.pointee.parent, parent != node { here = parent }
            next = here.pointee.next
        }
        return count
    }

    /// The line of the start tag in the document as parsed.
    public var line: Int { Int(xmlGetLineNo(node)) }

    /// The child elements in document order.
    public var children: Children { Children(document: document, following: node.pointee.children) }

    public func children(named name: XMLName) -> [XMLElement] { children.filter { $0.has(name) } }

    /// The first child element of that name.
    public func child(_ name: XMLName) -> XMLElement? { children.first { $0.has(name) } }

    public struct Children: Sequence, IteratorProtocol {
        let document: XMLDocument
        var following: xmlNodePtr?

        public mutating func next() -> XMLElement? {
            while let node = following {
                following = node.pointee.next
                if node.pointee.type == XML_ELEMENT_NODE { return XMLElement(document, node) }
            }
            return nil
        }
    }

    /// The element's own character data: every text and CDATA child joined, so that a comment cannot cut a value short.
    public var text: String {
        guard let first = node.pointee.children else { return "" }
        if first.pointee.next == nil, first.pointee.type == XML_TEXT_NODE, let content = first.pointee.content {
            return String(cString: content)
        }
        var text = ""
        var next: xmlNodePtr? = first
        while let child = next {
            if child.isCharacterData, let content = child.pointee.content { text += String(cString: content) }
            next = child.pointee.next
        }
        return text
    }

    /// Whether the element holds nothing but one run of plain text: no comment, CDATA section or element cuts it.
    public var isPlainText: Bool {
        guard let first = node.pointee.children else { return true }
        return first.pointee.next == nil && first.pointee.type == XML_TEXT_NODE
    }

    /// Whether nothing at all stands inside.
    public var isEmpty: Bool { node.pointee.children == nil }

    /// Whether it is an element's only content.
    public var isAlone: Bool { parent != nil && node.pointee.prev == nil && node.pointee.next == nil }

    /// Whether anything but white space and comments stands inside.
    public var hasContent: Bool { hasStrayText || children.contains { _ in true } }

    /// Whether character data other than white space, or a CDATA section, stands between the child elements.
    public var hasStrayText: Bool {
        var next = node.pointee.children
        while let child = next {
            if child.isStrayText { return true }
            next = child.pointee.next
        }
        return false
    }

    /// The value of an attribute; `namespace` is empty for an attribute without prefix.
    public func attribute(_ name: XMLName) -> String? {
        var next = node.pointee.properties
        while let attribute = next {
            if equals(attribute.pointee.name, name.local), equals(attribute.pointee.ns?.pointee.href, name.namespace) {
                return attribute.value
            }
            next = attribute.pointee.next
        }
        return nil
    }

    /// Names and values of all attributes; namespace declarations are not among them.
    public var attributes: [(name: XMLName, value: String)] {
        var found: [(name: XMLName, value: String)] = []
        var next = node.pointee.properties
        while let attribute = next {
            let href = attribute.pointee.ns?.pointee.href.map { String(cString: $0) } ?? ""
            found.append((XMLName(href, String(cString: attribute.pointee.name)), attribute.value))
            next = attribute.pointee.next
        }
        return found
    }

    public var hasAttributes: Bool { node.pointee.properties != nil }

    /// Number of namespaces that this element itself declares.
    public var namespaceDeclarations: Int {
        var count = 0
        var next = node.pointee.nsDef
        while let declaration = next {
            count += 1
            next = declaration.pointee.next
        }
        return count
    }

    /// The place of the element as an XPath of local names, `/Envelope/Body/SendCO/GoodsItem[2]`; a number stands where
    /// siblings share the name.
    public var path: String {
        let step = "/" + local + position
        return (parent?.path ?? "") + step
    }

    private var position: String {
        guard let parent else { return "" }
        let twins = parent.children(named: name)
        guard twins.count > 1, let index = twins.firstIndex(where: { $0.isSameNode(as: self) }) else { return "" }
        return "[\(index + 1)]"
    }

    private func equals(_ text: UnsafePointer<xmlChar>?, _ string: String) -> Bool {
        guard let text else { return string.isEmpty }
        return string.withCString { strcmp(UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self), $0) == 0 }
    }
}

extension xmlNodePtr {
    var isCharacterData: Bool { pointee.type == XML_TEXT_NODE || pointee.type == XML_CDATA_SECTION_NODE }
}

extension xmlAttrPtr {
    /// The attribute's value; without a DTD it is one text node.
    fileprivate var value: String {
        guard let first = pointee.children else { return "" }
        if first.pointee.next == nil, let content = first.pointee.content { return String(cString: content) }
        guard let joined = xmlNodeListGetString(pointee.doc, first, 1) else { return "" }
        defer { coconect_xml_free(joined) }
        return String(cString: joined)
    }
}
