/// A certificate that a partner signs with, as its partner file names it.
public struct PinnedCertificate: Sendable {
    public let certificate: Certificate
    /// Who signs with it: the partner's name in the registry.
    public let owner: String
    /// The file it came from, for diagnoses.
    public let origin: String

    public init(_ certificate: Certificate, owner: String, origin: String) {
        self.certificate = certificate
        self.owner = owner
        self.origin = origin
    }
}
