public import XML

/// Why a signature is not good, each case a rule of its own.
public enum SignatureError: Error, Sendable {
    case malformed(String)
    case algorithmNotAllowed(kind: String, uri: String)
    case tooMany(String, count: Int, limit: Int)
    case referenceNotAllowed(uri: String)
    case referenceRepeated(uri: String)
    case referenceNotFound(uri: String)
    case weakKey(bits: Int, minimum: Int)
    case keyDoesNotFit(key: String, algorithm: String)
    case signatureValueWrong
    /// An ECDSA value that is not r and s side by side, and whether it is ASN.1 instead.
    case signatureValueForm(curve: EllipticCurve, bytes: Int, isDER: Bool)
    case digestWrong(DigestMismatch)
    case document(XMLError)

    /// What an operator needs to find out who changed the bytes.
    public struct DigestMismatch: Sendable {
        public let uri: String
        public let path: String
        /// Base64.
        public let expected: String
        /// Base64.
        public let computed: String
        /// Length of the canonical bytes.
        public let canonicalBytes: Int
    }
}

extension SignatureError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let detail):
            "the Signature element is not as XML Signature section 4 has it: \(detail)"
        case .algorithmNotAllowed(let kind, let uri):
            "the \(kind) algorithm '\(uri)' is not allowed; use exclusive C14N, SHA-256 or longer, and RSA, RSA-PSS or ECDSA with it"
        case .tooMany(let what, let count, let limit):
            "\(count) \(what), the limit is \(limit)"
        case .referenceNotAllowed(let uri):
            "the Reference URI '\(uri)' is not allowed; only '#' and an id of this message is"
        case .referenceRepeated(let uri):
            "two References point to '\(uri)'"
        case .referenceNotFound(let uri):
            "no element has the id that the Reference '\(uri)' names"
        case .weakKey(let bits, let minimum):
            "the signer's RSA key has \(bits) bits, at least \(minimum) are needed"
        case .keyDoesNotFit(let key, let algorithm):
            "the signer's key is \(key), which cannot make a \(algorithm) signature"
        case .signatureValueWrong:
            "SignatureValue does not belong to SignedInfo and the signer's key: SignedInfo was changed, or another key signed"
        case .signatureValueForm(let curve, let bytes, let isDER):
            "SignatureValue has \(bytes) bytes; for ECDSA \(curve.title) it must be r and s side by side, \(2 * curve.orderBytes) bytes (XML Signature 1.1, section 6.4.3)"
                + (isDER ? "; this is ASN.1 DER, as gSOAP writes it: sign with RSA-SHA256 instead" : "")
        case .digestWrong(let mismatch):
            "the digest of \(mismatch.path) (Reference '\(mismatch.uri)') is \(mismatch.computed) over "
                + "\(mismatch.canonicalBytes) canonical bytes, but \(mismatch.expected) was signed: the content was changed after signing"
        case .document(let error):
            error.description
        }
    }
}
