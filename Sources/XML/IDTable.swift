internal import CLibXML2
internal import Glibc

/// The elements of a document by id, from the attributes `Id` and `wsu:Id` and from `xml:id`. An id that stands twice is
/// refused: which of the two a signature covers would depend on who looks.
public struct IDTable {
    private var elements: [String: XMLElement] = [:]

    /// - Parameter names: the attributes that are ids in this kind of document.
    /// - Throws: `XMLError.duplicateID`.
    public init(_ document: XMLDocument, names: [XMLName]) throws(XMLError) {
        var next: xmlNodePtr? = document.root.node
        while let node = next {
            if node.pointee.type == XML_ELEMENT_NODE, node.pointee.properties != nil {
                try collect(XMLElement(document, node), names: names)
            }
            next = IDTable.following(node)
        }
    }

    public subscript(id: String) -> XMLElement? { elements[id] }

    private mutating func collect(_ element: XMLElement, names: [XMLName]) throws(XMLError) {
        for name in names {
            guard let id = element.attribute(name) else { continue }
            if let known = elements[id], !known.isSameNode(as: element) { throw .duplicateID(id) }
            elements[id] = element
        }
    }

    /// The next node in document order.
    private static func following(_ node: xmlNodePtr) -> xmlNodePtr? {
        if node.pointee.type == XML_ELEMENT_NODE, let child = node.pointee.children { return child }
        var current: xmlNodePtr? = node
        while let here = current, here.pointee.type != XML_DOCUMENT_NODE {
            if let sibling = here.pointee.next { return sibling }
            current = here.pointee.parent
        }
        return nil
    }
}
