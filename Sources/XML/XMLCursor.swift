internal import CLibXML2

/// An element while its tree is walked: a bare position, so that a walk over thousands of elements counts no references.
///
/// It does not keep its document alive: who walks holds the `XMLElement` where the walk began.
public struct XMLCursor {
    let node: xmlNodePtr

    public var hasAttributes: Bool { node.pointee.properties != nil }

    /// The child elements in document order.
    public var children: XMLChildWalk { XMLChildWalk(following: node.pointee.children) }

    /// Appends the element's own character data, every text and CDATA child joined; comments are passed over.
    ///
    /// - Returns: `false` where an element stands inside.
    public func appendText(to bytes: inout [UInt8]) -> Bool {
        var next = node.pointee.children
        while let child = next {
            if child.isCharacterData {
                if let content = child.pointee.content {
                    bytes.append(contentsOf: UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content))))
                }
            } else if child.pointee.type == XML_ELEMENT_NODE {
                return false
            }
            next = child.pointee.next
        }
        return true
    }
}

/// The child elements of one element, and whether text stood between them.
public struct XMLChildWalk {
    var following: xmlNodePtr?
    /// Whether character data other than white space, or a CDATA section, was passed so far.
    public private(set) var passedText = false

    init(following: xmlNodePtr?) {
        self.following = following
    }

    public mutating func next() -> XMLCursor? {
        while let node = following {
            following = node.pointee.next
            if node.pointee.type == XML_ELEMENT_NODE { return XMLCursor(node: node) }
            if node.isStrayText { passedText = true }
        }
        return nil
    }
}

extension XMLElement {
    /// Where a walk over this element begins.
    public var cursor: XMLCursor { XMLCursor(node: node) }

    /// The element at a position that a walk over this document reached.
    public func element(at cursor: XMLCursor) -> XMLElement { XMLElement(document, cursor.node) }
}

extension xmlNodePtr {
    /// Character data other than white space, or a CDATA section of any content.
    var isStrayText: Bool {
        if pointee.type == XML_CDATA_SECTION_NODE { return true }
        guard pointee.type == XML_TEXT_NODE, var byte = pointee.content else { return false }
        while byte.pointee != 0 {
            guard byte.pointee == 0x20 || (0x09...0x0A).contains(byte.pointee) || byte.pointee == 0x0D else { return true }
            byte += 1
        }
        return false
    }
}
