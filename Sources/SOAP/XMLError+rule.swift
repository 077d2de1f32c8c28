public import XML

extension XMLError {
    public var rule: Rule {
        switch self {
        case .empty: .emptyMessage
        case .tooLarge: .messageTooLarge
        case .unsupportedEncoding, .malformedEncoding: .encoding
        case .documentTypeDeclaration: .doctype
        case .processingInstruction: .processingInstruction
        case .tooDeep, .tooManyElements, .tooManyAttributes, .tooManyNamespaceDeclarations, .tooManyNamespacesInScope, .startTagTooLong,
            .textTooLong, .tooManyNames, .namespaceTooLong, .canonicalFormTooLarge:
            .xmlLimit
        case .relativeNamespace: .relativeNamespace
        case .notWellFormed: .notWellFormed
        case .canonicalizationFailed: .canonicalization
        case .duplicateID: .duplicateID
        }
    }
}

extension SOAPError {
    public var rule: Rule {
        switch self {
        case .notAnEnvelope: .notSOAP
        case .unknownVersion: .soapVersion
        case .structure: .soapStructure
        case .notUnderstood: .headerNotUnderstood
        }
    }
}
