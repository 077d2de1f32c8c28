public import XML

/// Why a package of root and attachments is not a message that this gateway reads (XML-binary Optimized Packaging, sections 3 and 4).
public enum XOPError: Error, Hashable, Sendable {
    /// The package itself.
    case package(String)
    /// What an Include says.
    case include(String)
    /// The root is no XML document.
    case document(XMLError)
}

extension XOPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .package(let detail): "the multipart/related message is not read: \(detail)"
        case .include(let detail): "an xop:Include is not read: \(detail)"
        case .document(let error): error.description
        }
    }

    public var rule: Rule {
        switch self {
        case .package, .include: .package
        case .document(let error): error.rule
        }
    }
}
