internal import CLibXML2

/// Exclusive XML Canonicalization 1.0 and its InclusiveNamespaces PrefixList (section 4).
public struct Canonicalization: Hashable, Sendable {
    public enum Comments: Hashable, Sendable { case dropped, kept }

    public var comments: Comments
    /// Prefixes treated as in inclusive canonicalization; `#default` names the default namespace.
    public var inclusivePrefixes: [String]

    public init(comments: Comments = .dropped, inclusivePrefixes: [String] = []) {
        self.comments = comments
        self.inclusivePrefixes = inclusivePrefixes
    }

    public static let exclusive = Canonicalization()
}

extension XMLElement {
    /// The canonical bytes of this element and all inside it, without `excluded` (the enveloped-signature transform).
    ///
    /// libxml2 would walk the whole document to canonicalize a part; here it starts at the part: for the length of the
    /// call the element is the document's only child. Names and namespaces are looked up through its parents as before.
    /// - Throws: `XMLError.canonicalizationFailed`, also where the result is empty: zero bytes are never a digest.
    public func withCanonicalBytes<Result>(
        _ method: Canonicalization, excluding excluded: XMLElement? = nil,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(XMLError) -> Result {
        let tree = document.pointer
        let (root, sibling) = (tree.pointee.children, node.pointee.next)
        tree.pointee.children = node
        node.pointee.next = nil
        defer {
            tree.pointee.children = root
            node.pointee.next = sibling
        }
        coconect_silence_thread()
        guard let output = xmlAllocOutputBuffer(nil) else { preconditionFailure("out of memory") }
        defer { xmlOutputBufferClose(output) }
        document.canonicalizations += 1
        var visibility = Visibility(excluded: excluded?.node, mark: UnsafeMutableRawPointer(bitPattern: document.canonicalizations))
        let status = withPrefixes(method.inclusivePrefixes) { prefixes in
            withUnsafeMutablePointer(to: &visibility) { state in
                xmlC14NExecute(
                    tree, excluded == nil ? nil : Visibility.isVisible, state,
                    Int32(XML_C14N_EXCLUSIVE_1_0.rawValue), prefixes, method.comments == .kept ? 1 : 0, output)
            }
        }
        let count = xmlOutputBufferGetSize(output)
        guard status >= 0, count > 0, let content = xmlOutputBufferGetContent(output) else {
            throw .canonicalizationFailed(element: path)
        }
        return body(UnsafeRawBufferPointer(start: content, count: Int(count)))
    }

    /// The canonical bytes as an array.
    public func canonicalized(
        _ method: Canonicalization = .exclusive, excluding excluded: XMLElement? = nil
    ) throws(XMLError) -> [UInt8] {
        try withCanonicalBytes(method, excluding: excluded) { Array($0) }
    }
}

/// Which nodes canonicalization sees when one element is left out. Constant time a node: a hidden element is marked in
/// libxml2's `_private`, and what lies under a marked parent is hidden too.
private struct Visibility {
    let excluded: xmlNodePtr?
    let mark: UnsafeMutableRawPointer?

    static let isVisible: xmlC14NIsVisibleCallback = { state, node, parent in
        guard let state = state?.assumingMemoryBound(to: Visibility.self).pointee, let node else { return 1 }
        let underHidden = parent.map { $0.pointee.type == XML_ELEMENT_NODE && $0.pointee._private == state.mark } ?? false
        let hidden = underHidden || node == state.excluded
        if hidden, node.pointee.type == XML_ELEMENT_NODE { node.pointee._private = state.mark }
        return hidden ? 0 : 1
    }
}

private func withPrefixes<Result>(
    _ prefixes: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<xmlChar>?>?) -> Result
) -> Result {
    guard !prefixes.isEmpty else { return body(nil) }
    var copies: [UnsafeMutablePointer<xmlChar>?] = prefixes.map { xmlStrdup($0) }
    defer { for copy in copies { coconect_xml_free(copy) } }
    copies.append(nil)
    return copies.withUnsafeMutableBufferPointer { body($0.baseAddress) }
}
