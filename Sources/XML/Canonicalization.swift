internal import CLibXML2
internal import Glibc

/// How a part of a document becomes the bytes that are signed.
public struct Canonicalization: Hashable, Sendable {
    public enum Form: Hashable, Sendable {
        /// Exclusive XML Canonicalization 1.0.
        case exclusive
        /// Canonical XML 1.0: with every namespace in scope and the `xml:` attributes of the elements above, so that what is signed does
        /// not survive a move into another document.
        case inclusive
    }
    public enum Comments: Hashable, Sendable { case dropped, kept }

    public var form: Form
    public var comments: Comments
    /// Of the exclusive form (section 4): prefixes treated as in the inclusive one; `#default` names the default namespace.
    public var inclusivePrefixes: [String]

    public init(form: Form = .exclusive, comments: Comments = .dropped, inclusivePrefixes: [String] = []) {
        self.form = form
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
    /// - Parameter limit: bytes of the result; `nil` is four times the document and some. Exclusive canonicalization writes a
    ///   namespace again wherever it comes into use, so a small document could have a huge form.
    /// - Throws: `XMLError.canonicalizationFailed`, also where the result is empty: zero bytes are never a digest;
    ///   `XMLError.canonicalFormTooLarge`.
    public func withCanonicalBytes<Result>(
        _ method: Canonicalization, excluding excluded: XMLElement? = nil, atMost limit: Int? = nil,
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
        let limit = limit ?? document.canonicalLimit
        let sink = CanonicalSink(limit: limit)
        guard let output = sink.open() else { preconditionFailure("out of memory") }
        document.canonicalizations += 1
        // Only the inclusive form asks for what is above: it takes `xml:` attributes from elements that are not in the part.
        let above = method.form == .inclusive ? parent?.node : nil
        let mode = method.form == .inclusive ? XML_C14N_1_0 : XML_C14N_EXCLUSIVE_1_0
        var visibility = Visibility(
            excluded: excluded?.node, above: above, mark: UnsafeMutableRawPointer(bitPattern: document.canonicalizations))
        let status = withPrefixes(method.inclusivePrefixes) { prefixes in
            withUnsafeMutablePointer(to: &visibility) { state in
                xmlC14NExecute(
                    tree, excluded == nil && above == nil ? nil : Visibility.isVisible, state,
                    Int32(mode.rawValue), prefixes, method.comments == .kept ? 1 : 0, output)
            }
        }
        let closed = xmlOutputBufferClose(output)
        guard !sink.isFull else { throw .canonicalFormTooLarge(element: path, limit: limit) }
        guard status >= 0, closed >= 0, sink.count > 0 else { throw .canonicalizationFailed(element: path) }
        return body(sink.bytes)
    }

    /// The canonical bytes as an array.
    public func canonicalized(
        _ method: Canonicalization = .exclusive, excluding excluded: XMLElement? = nil, atMost limit: Int? = nil
    ) throws(XMLError) -> [UInt8] {
        try withCanonicalBytes(method, excluding: excluded, atMost: limit) { Array($0) }
    }
}

extension XMLDocument {
    /// Bytes that the canonical forms of a document's signed parts may have together.
    public var canonicalLimit: Int { size * 4 + 256 * 1024 }
}

/// Takes what libxml2 writes, up to a limit.
private final class CanonicalSink {
    private(set) var isFull = false
    private(set) var count = 0
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    deinit { free(storage) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: count) }

    /// A buffer that writes here; it must be closed before this goes.
    func open() -> xmlOutputBufferPtr? {
        let write: xmlOutputWriteCallback = { sink, text, length in
            guard let sink, let text else { return -1 }
            return Unmanaged<CanonicalSink>.fromOpaque(sink).takeUnretainedValue().append(text, Int(length)) ? length : -1
        }
        return xmlOutputBufferCreateIO(write, nil, Unmanaged.passUnretained(self).toOpaque(), nil)
    }

    private func append(_ text: UnsafePointer<CChar>, _ length: Int) -> Bool {
        guard length > 0 else { return !isFull }
        guard !isFull, count + length <= limit else {
            isFull = true
            return false
        }
        if count + length > capacity {
            capacity = max(capacity * 2, count + length, 8192)
            storage = realloc(storage, capacity)
        }
        guard let storage else { preconditionFailure("out of memory") }
        memcpy(storage + count, text, length)
        count += length
        return true
    }
}

/// Which nodes canonicalization sees when one element is left out. Constant time a node: a hidden element is marked in
/// libxml2's `_private`, and what lies under a marked parent is hidden too.
private struct Visibility {
    let excluded: xmlNodePtr?
    /// The element above the part, which is not in it.
    let above: xmlNodePtr?
    let mark: UnsafeMutableRawPointer?

    static let isVisible: xmlC14NIsVisibleCallback = { state, node, parent in
        guard let state = state?.assumingMemoryBound(to: Visibility.self).pointee, let node else { return 1 }
        if node == state.above { return 0 }
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
