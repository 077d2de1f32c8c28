public import Trust

/// Which TLS client certificates a partner's requests come with. The certificate of the connection is another one than that of the
/// signature; bound together, a stolen signing key alone is not enough to send.
public enum ClientBinding: Sendable {
    /// Any that the listener lets in.
    case unbound
    /// One of these, or one with this subject from the listener's anchors.
    case bound(certificates: [Certificate], subject: DistinguishedName?)

    /// - Parameter certificate: of the connection; `nil` where it had none.
    func admits(_ certificate: Certificate?) -> Bool {
        guard case .bound(let certificates, let subject) = self else { return true }
        guard let certificate else { return false }
        return certificates.contains { $0.fingerprint == certificate.fingerprint }
            || subject.map { certificate.subjectName.contains($0) } ?? false
    }
}
