public import XML

/// Our identities, each with the time in which it signs: the next one stands ready before the one at work ends.
public struct SigningIdentities: Sendable {
    public let all: [Timed]

    public struct Timed: Sendable {
        public let identity: SigningIdentity
        public let window: PinnedCertificate.Window
        /// Where it is configured, for diagnoses.
        public let origin: String

        public init(_ identity: SigningIdentity, window: PinnedCertificate.Window = .init(), origin: String) {
            self.identity = identity
            self.window = window
            self.origin = origin
        }

        fileprivate func isIn(_ moment: XMLDateTime) -> Bool {
            let certificate = identity.certificate
            return max(certificate.notBefore, window.from ?? certificate.notBefore) <= moment
                && moment <= min(certificate.notAfter, window.until ?? certificate.notAfter)
        }
    }

    /// - Parameter all: at least one.
    public init(_ all: [Timed]) {
        precondition(!all.isEmpty, "a gateway signs")
        self.all = all
    }

    public init(_ identity: SigningIdentity) { self.init([Timed(identity, origin: "identity")]) }

    /// The one that signs at a moment: of those whose time it is, the one that started last. Where it is nobody's time, the last one goes
    /// on: a partner that refuses it says why, which is better than silence.
    public func current(at moment: XMLDateTime) -> SigningIdentity {
        let candidates = all.filter { $0.isIn(moment) }
        func start(_ timed: Timed) -> XMLDateTime { timed.window.from ?? timed.identity.certificate.notBefore }
        return (candidates.max { start($0) < start($1) } ?? all[all.count - 1]).identity
    }

    /// As pins, for notices of their end.
    public var pins: [PinnedCertificate] {
        all.map { PinnedCertificate($0.identity.certificate, owner: "us", origin: $0.origin, window: $0.window) }
    }
}
