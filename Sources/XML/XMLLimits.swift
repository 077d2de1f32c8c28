/// What a document may cost, checked on the bytes before libxml2 sees them: its parser needs quadratic time for the
/// attributes of one element, and nothing but a scan in front of it helps.
public struct XMLLimits: Hashable, Sendable {
    /// Size of the document in bytes, as UTF-8.
    public var bytes: Int
    /// Nesting of elements; the document element has depth 1.
    public var depth: Int
    /// Elements in the document.
    public var elements: Int
    /// Attributes of one element, namespace declarations included.
    public var attributes: Int
    /// Namespace declarations of one element.
    public var namespaceDeclarations: Int

    /// Namespace declarations in scope at one element, its parents' included.
    public var namespacesInScope: Int
    /// Different names of elements and attributes and different namespaces: the parser's dictionary stops growing, and past that
    /// needs quadratic time for more of them.
    public var distinctNames: Int
    /// Bytes of one namespace URI: canonicalization writes it again and again.
    public var namespaceURI: Int
    /// Bytes of one start tag: long attribute values are slow to compare.
    public var startTag: Int
    /// Bytes of one text, comment or CDATA section.
    public var text: Int

    public init(
        bytes: Int = 4 * 1024 * 1024, depth: Int = 64, elements: Int = 200_000, attributes: Int = 48,
        namespaceDeclarations: Int = 32, namespacesInScope: Int = 96, distinctNames: Int = 1000,
        namespaceURI: Int = 512, startTag: Int = 16_384, text: Int = 4 * 1024 * 1024
    ) {
        self.bytes = bytes
        self.depth = depth
        self.elements = elements
        self.attributes = attributes
        self.namespaceDeclarations = namespaceDeclarations
        self.namespacesInScope = namespacesInScope
        self.distinctNames = distinctNames
        self.namespaceURI = namespaceURI
        self.startTag = startTag
        self.text = text
    }

    public static let standard = XMLLimits()
}
