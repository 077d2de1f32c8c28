internal import CLibXML2
internal import Glibc

/// The elements of a document by id, from the attributes `Id` and `wsu:Id` and from `xml:id`. An id that stands twice is
/// refused: which of the two a signature covers would depend on who looks.
public struct IDTable {
    private let document: XMLDocument
    /// By a hash of the id's bytes, the next free number where two ids share it. Strings would treat different spellings of a
    /// character as the same, and take quadratic time on purpose-made ones.
    private var entries: [Int: Entry] = [:]

    private struct Entry {
        let node: xmlNodePtr
        /// Where it lies in the tree.
        let value: UnsafePointer<xmlChar>
        let length: Int
    }

    private static let longestID = 256

    /// - Parameter names: the attributes that are ids in this kind of document.
    /// - Throws: `XMLError.duplicateID`; `XMLError.relativeNamespace`, which canonicalization could not handle.
    public init(_ document: XMLDocument, names: [XMLName]) throws(XMLError) {
        self.document = document
        let names = names.map { (local: Array($0.local.utf8CString), namespace: Array($0.namespace.utf8CString)) }
        var next: xmlNodePtr? = document.root.node
        while let node = next {
            if node.pointee.type == XML_ELEMENT_NODE {
                if node.pointee.nsDef != nil { try IDTable.checkNamespaces(of: node) }
                var attribute = node.pointee.properties
                while let current = attribute {
                    if names.contains(where: { IDTable.is(current, $0.local, $0.namespace) }) { try collect(current, of: node) }
                    attribute = current.pointee.next
                }
            }
            next = IDTable.following(node)
        }
    }

    public subscript(id: String) -> XMLElement? {
        var id = id
        return id.withUTF8 { bytes in find(UnsafeRawBufferPointer(bytes)).known }.map { XMLElement(document, $0.node) }
    }

    private func find(_ id: UnsafeRawBufferPointer) -> (known: Entry?, key: Int) {
        var hasher = Hasher()
        hasher.combine(bytes: id)
        var key = hasher.finalize()
        while let entry = entries[key] {
            let bytes = UnsafeRawBufferPointer(start: entry.value, count: entry.length)
            if bytes.elementsEqual(id) { return (entry, key) }
            key &+= 1
        }
        return (nil, key)
    }

    private mutating func collect(_ attribute: xmlAttrPtr, of node: xmlNodePtr) throws(XMLError) {
        guard let first = attribute.pointee.children else { return }
        // Without a DTD an attribute's value is one text.
        guard first.pointee.next == nil, first.pointee.type == XML_TEXT_NODE, let content = first.pointee.content else {
            throw .duplicateID("(not plain text)")
        }
        let value = UnsafePointer(content)
        let length = strlen(UnsafeRawPointer(value).assumingMemoryBound(to: CChar.self))
        guard length <= IDTable.longestID else { throw .duplicateID("(longer than \(IDTable.longestID) bytes)") }
        let (known, key) = find(UnsafeRawBufferPointer(start: value, count: length))
        guard let known else {
            entries[key] = Entry(node: node, value: value, length: length)
            return
        }
        if known.node != node { throw .duplicateID(String(cString: value)) }
    }

    private static func `is`(_ attribute: xmlAttrPtr, _ local: [CChar], _ namespace: [CChar]) -> Bool {
        guard let name = attribute.pointee.name, strcmp(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self), local) == 0 else {
            return false
        }
        guard let href = attribute.pointee.ns?.pointee.href else { return namespace.count == 1 }
        return strcmp(UnsafeRawPointer(href).assumingMemoryBound(to: CChar.self), namespace) == 0
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
