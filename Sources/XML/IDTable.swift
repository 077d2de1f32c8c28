internal import CLibXML2
internal import Glibc

/// The elements of a document by id, from the attributes `Id` and `wsu:Id` and from `xml:id`. An id that stands twice is
/// refused: which of the two a signature covers would depend on who looks.
public struct IDTable {
    /// By the bytes of the id: comparing Swift strings would treat different spellings of a character as the same, and take
    /// quadratic time on purpose-made ones.
    private var elements: [[UInt8]: XMLElement] = [:]
    private static let longestID = 256

    /// - Parameter names: the attributes that are ids in this kind of document.
    /// - Throws: `XMLError.duplicateID`; `XMLError.relativeNamespace`, which canonicalization could not handle.
    public init(_ document: XMLDocument, names: [XMLName]) throws(XMLError) {
        var next: xmlNodePtr? = document.root.node
        while let node = next {
            if node.pointee.type == XML_ELEMENT_NODE {
                if node.pointee.nsDef != nil { try IDTable.checkNamespaces(of: node) }
                if node.pointee.properties != nil { try collect(XMLElement(document, node), names: names) }
            }
            next = IDTable.following(node)
        }
    }

    public subscript(id: String) -> XMLElement? { elements[Array(id.utf8.prefix(IDTable.longestID + 1))] }

    private mutating func collect(_ element: XMLElement, names: [XMLName]) throws(XMLError) {
        for name in names {
            guard let id = element.attribute(name) else { continue }
            let key = Array(id.utf8)
            guard key.count <= IDTable.longestID else { throw .duplicateID("(longer than \(IDTable.longestID) bytes)") }
            if let known = elements[key], !known.isSameNode(as: element) { throw .duplicateID(id) }
            elements[key] = element
        }
    }

    private static func checkNamespaces(of node: xmlNodePtr) throws(XMLError) {
        var next = node.pointee.nsDef
        while let declaration = next {
            if let href = declaration.pointee.href, href.pointee != 0 {
                var end = href
                while isSchemeCharacter(end.pointee) { end += 1 }
                guard end.pointee == UInt8(ascii: ":"), end != href else { throw .relativeNamespace(String(cString: href)) }
            }
            next = declaration.pointee.next
        }
    }

    /// RFC 3986, section 3.1.
    private static func isSchemeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
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
