public import Trust
public import XML

/// What an operator should know of a certificate ahead of time: that it ends soon, or that nothing succeeds it.
public struct CertificateNotice: Sendable, Hashable {
    public enum Urgency: String, Sendable, Codable, Comparable {
        case fine, soon, week, ended

        public static func < (one: Urgency, other: Urgency) -> Bool { one.rank < other.rank }
        private var rank: Int {
            switch self {
            case .fine: 0
            case .soon: 1
            case .week: 2
            case .ended: 3
            }
        }
    }

    /// The partner's name, or `us`.
    public let owner: String
    public let subject: String
    public let fingerprint: String
    /// Where it is configured.
    public let origin: String
    public let from: XMLDateTime
    /// The earlier of its own end and that of its window.
    public let until: XMLDateTime
    public let daysLeft: Int
    public let urgency: Urgency
    public let text: String

    /// Warnings come this many days ahead.
    public static let warningDays = [60, 30, 7]

    /// - Parameter hasSuccessor: whether another certificate of the same owner is good when this one ends.
    init(_ pin: PinnedCertificate, at now: XMLDateTime, hasSuccessor: Bool) {
        let certificate = pin.certificate
        owner = pin.owner
        subject = certificate.subject
        fingerprint = certificate.fingerprint.hex
        origin = pin.origin
        from = pin.start
        until = pin.end
        let days = Int((pin.end.seconds - now.seconds) / 86400)
        daysLeft = days
        if now < pin.start {
            urgency = .fine
            text = "announced for \(pin.start.text)"
        } else if pin.end < now {
            urgency = hasSuccessor ? .fine : .ended
            text =
                "ended at \(pin.end.text)"
                + (hasSuccessor ? ", its successor is in use; it can be taken out of the file" : ", nothing succeeds it")
        } else if hasSuccessor {
            urgency = .fine
            text = "ends in \(days) days, its successor is registered"
        } else if let threshold = CertificateNotice.warningDays.last(where: { days <= $0 }) {
            urgency = threshold == 7 ? .week : .soon
            text = "ends in \(days) days and has no successor; ask for the next certificate and add it beside this one"
        } else {
            urgency = .fine
            text = "ends in \(days) days"
        }
    }
}

extension PinnedCertificate {
    public var start: XMLDateTime { max(certificate.notBefore, window.from ?? certificate.notBefore) }
    public var end: XMLDateTime { min(certificate.notAfter, window.until ?? certificate.notAfter) }
}

extension Gateway {
    /// Of our own certificate and of every one that partners pin.
    public func certificateNotices(at now: XMLDateTime) -> [CertificateNotice] {
        CertificateNotice.all(identities.pins + partners.trust.certificates, at: now)
    }
}

extension CertificateNotice {
    public static func all(_ pins: [PinnedCertificate], at now: XMLDateTime) -> [CertificateNotice] {
        pins.map { pin in
            CertificateNotice(
                pin, at: now,
                hasSuccessor: pins.contains { $0.owner == pin.owner && $0.end > pin.end && $0.start <= max(pin.end, now) })
        }.sorted { ($0.owner, $0.until, $0.fingerprint) < ($1.owner, $1.until, $1.fingerprint) }
    }
}
