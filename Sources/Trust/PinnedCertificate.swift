public import XML

/// A certificate that a partner signs with, as its partner file names it.
public struct PinnedCertificate: Sendable {
    public let certificate: Certificate
    /// Who signs with it: the partner's name in the registry.
    public let owner: String
    /// The file it came from, for diagnoses.
    public let origin: String
    /// From when on and until when the partner signs with it, within the certificate's own validity: during a rollover two windows
    /// overlap.
    public let window: Window

    public struct Window: Hashable, Sendable {
        public let from: XMLDateTime?
        public let until: XMLDateTime?

        public init(from: XMLDateTime? = nil, until: XMLDateTime? = nil) {
            self.from = from
            self.until = until
        }
    }

    public init(_ certificate: Certificate, owner: String, origin: String, window: Window = Window()) {
        self.certificate = certificate
        self.owner = owner
        self.origin = origin
        self.window = window
    }

    func checkWindow(at moment: XMLDateTime) throws(TrustError) {
        if let from = window.from, moment < from { throw .notYetAnnounced(subject: certificate.subject, from: from) }
        if let until = window.until, until < moment { throw .retired(subject: certificate.subject, until: until) }
    }
}
