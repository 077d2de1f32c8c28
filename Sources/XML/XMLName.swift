/// An expanded name: namespace and local part (Namespaces in XML 1.0, section 2.1). Prefixes never identify anything.
public struct XMLName: Hashable, Sendable, CustomStringConvertible {
    /// The namespace URI, empty for a name in no namespace.
    public let namespace: String
    public let local: String

    public init(_ namespace: String, _ local: String) {
        self.namespace = namespace
        self.local = local
    }

    /// Clark notation, `{namespace}local`.
    public var description: String { namespace.isEmpty ? local : "{\(namespace)}\(local)" }
}
