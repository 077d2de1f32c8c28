internal import Trust
public import WSSecurity
internal import XML
internal import XMLSignature

/// One signature of a document that stands for itself, judged: whether it holds, whose it is, and whether that one was to be trusted when
/// it was made. Integrity and trust are told apart: what was signed stays signed when a certificate ends.
public struct DocumentSignature: Sendable, Encodable {
    /// Whose signature stands at this place, where the kind of document says so.
    public let role: String?
    /// XPath of the Signature.
    public let place: String
    public internal(set) var integrity = VerificationReport.Integrity.unknown
    /// Why it does not hold, or was not judged.
    public internal(set) var reason: String?
    /// XPath of each element that it covers.
    public internal(set) var covers: [String] = []
    public internal(set) var signatureAlgorithm: String?
    public internal(set) var signer: Signer?
    /// The time of signing that the document claims: only its signer says so.
    public internal(set) var signedAt: String?
    /// The moment for which the certificate was judged.
    public internal(set) var judgedAt: String
    public internal(set) var trust = Trust.notJudged
    /// Why the signer is not trusted.
    public internal(set) var trustReason: String?
    /// What is read in such documents only, or is not known, and a person should hear of.
    public internal(set) var warnings: [Warning] = []
    /// What libxmlsec1 says of the same signature.
    public internal(set) var secondEngine = VerificationReport.SecondEngine.notAsked

    public enum Trust: String, Sendable, Encodable {
        case trusted
        case notTrusted = "not trusted"
        /// No anchors were given.
        case notJudged = "not judged"
    }

    public struct Warning: Sendable, Encodable, Hashable {
        public let code: String
        public let text: String
    }

    public struct Signer: Sendable, Encodable, Hashable {
        /// The name under which the certificate or its authority was given; `nil` where it is not known.
        public internal(set) var knownAs: String?
        /// RFC 4514.
        public let subject: String
        public let issuer: String
        /// Hexadecimal.
        public let serialNumber: String
        /// SHA-256, hexadecimal.
        public let fingerprint: String
        public let key: String
        public let notBefore: String
        public let notAfter: String

        init(_ certificate: Certificate) {
            subject = certificate.subject
            issuer = certificate.issuer
            serialNumber = certificate.serialNumber
            fingerprint = certificate.fingerprint.hex
            key = certificate.publicKey.kind.description
            notBefore = certificate.notBefore.text
            notAfter = certificate.notAfter.text
        }
    }

    init(role: String?, place: String, judgedAt moment: XMLDateTime) {
        self.role = role
        self.place = place
        judgedAt = moment.text
    }

    /// Whether it holds and its signer was trusted.
    public var isGood: Bool { integrity == .intact && trust == .trusted }
}
