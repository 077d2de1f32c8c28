/// Why a document is not a SOAP message that this gateway reads.
public enum SOAPError: Error, Hashable, Sendable {
    case notAnEnvelope(root: String)
    case unknownVersion(namespace: String)
    case structure(String)
    case notUnderstood(header: String)
}

extension SOAPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAnEnvelope(let root):
            "the document element is \(root); expected a SOAP 1.1 or 1.2 Envelope"
        case .unknownVersion(let namespace):
            "the Envelope's namespace '\(namespace)' is neither SOAP 1.1 nor SOAP 1.2"
        case .structure(let detail):
            "the Envelope is not built as SOAP has it: \(detail)"
        case .notUnderstood(let header):
            "the header \(header) must be understood, and is not known here; leave it out or drop its mustUnderstand"
        }
    }
}
