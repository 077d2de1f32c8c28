/// Why bytes are not a document that this gateway reads.
public enum XMLError: Error, Hashable, Sendable {
    case empty
    case tooLarge(bytes: Int, limit: Int)
    case unsupportedEncoding(String)
    case malformedEncoding(String)
    case documentTypeDeclaration
    case processingInstruction(offset: Int)
    case tooDeep(limit: Int)
    case tooManyElements(limit: Int)
    case tooManyAttributes(count: Int, limit: Int, offset: Int)
    case tooManyNamespaceDeclarations(count: Int, limit: Int, offset: Int)
    case tooManyNamespacesInScope(limit: Int, offset: Int)
    case startTagTooLong(limit: Int, offset: Int)
    case textTooLong(limit: Int, offset: Int)
    case tooManyNames(limit: Int)
    case namespaceTooLong(limit: Int, offset: Int)
    case canonicalFormTooLarge(element: String, limit: Int)
    case relativeNamespace(String)
    case notWellFormed(line: Int, column: Int, reason: String)
    case canonicalizationFailed(element: String)
    case duplicateID(String)
}

extension XMLError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty:
            "the document is empty; expected an XML document"
        case .tooLarge(let bytes, let limit):
            "the document has \(bytes) bytes, the limit is \(limit)"
        case .unsupportedEncoding(let name):
            "the encoding \(name) is not read; send UTF-8 (or UTF-16)"
        case .malformedEncoding(let detail):
            "the bytes are not in the encoding they claim: \(detail)"
        case .documentTypeDeclaration:
            "a DOCTYPE declaration is refused in every message; send the document without it"
        case .processingInstruction(let offset):
            "a processing instruction at byte \(offset) is refused; send the document without it"
        case .tooDeep(let limit):
            "elements are nested deeper than \(limit)"
        case .tooManyElements(let limit):
            "the document has more than \(limit) elements"
        case .tooManyAttributes(let count, let limit, let offset):
            "the element at byte \(offset) has \(count) attributes or more, the limit is \(limit)"
        case .tooManyNamespaceDeclarations(let count, let limit, let offset):
            "the element at byte \(offset) declares \(count) namespaces or more, the limit is \(limit)"
        case .tooManyNamespacesInScope(let limit, let offset):
            "at the element at byte \(offset) more than \(limit) namespaces are in scope"
        case .startTagTooLong(let limit, let offset):
            "the start tag at byte \(offset) is longer than \(limit) bytes"
        case .textTooLong(let limit, let offset):
            "the text at byte \(offset) is longer than \(limit) bytes"
        case .tooManyNames(let limit):
            "the document has more than about \(limit) different names and namespaces"
        case .namespaceTooLong(let limit, let offset):
            "the namespace URI at byte \(offset) is longer than \(limit) bytes"
        case .canonicalFormTooLarge(let element, let limit):
            "the canonical form of \(element), with that of the other signed parts, is larger than \(limit) bytes; parts may not be signed "
                + "several times over, and namespaces belong on the message, not on each element"
        case .relativeNamespace(let uri):
            "the namespace '\(uri)' is a relative URI, which cannot be canonicalized"
        case .notWellFormed(let line, let column, let reason):
            "not well-formed XML at line \(line), column \(column): \(reason)"
        case .canonicalizationFailed(let element):
            "canonicalization of \(element) failed (a relative namespace URI, or nothing to canonicalize)"
        case .duplicateID(let id):
            "the id '\(id)' stands on more than one element; an id must be unique in the message"
        }
    }
}
