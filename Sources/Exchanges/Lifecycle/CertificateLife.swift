public import XML

/// The certificate axis: where a certificate stands, by its facts alone. The exporting side is its master; the importing side answers
/// what it notifies.
public struct CertificateLife: Hashable, Sendable {
    public let state: State
    /// In force; the highest that was issued or corrected to.
    public let edition: CertificateFact.Edition?
    /// A notification that waits for its answer.
    public let open: Notification?
    /// Message ids of the notifications to replace it that were agreed to. Where each answer names its notification they only become
    /// more with more facts, so both sides come to the same new certificates.
    let replacementsAgreed: Set<String>

    public enum State: Hashable, Sendable {
        /// No message has issued it.
        case none
        case issued
        case replacementNotified(by: String)
        case cancelationNotified
        /// Final.
        case replaced(by: String)
        /// Final.
        case canceled

        public var name: String {
            switch self {
            case .none: "none"
            case .issued: "issued"
            case .replacementNotified: "replacement-notified"
            case .cancelationNotified: "cancelation-notified"
            case .replaced: "replaced"
            case .canceled: "canceled"
            }
        }
    }

    /// The issuer's wish to cancel, or to replace.
    public struct Notification: Hashable, Sendable {
        public let message: String
        public let at: XMLDateTime
        /// Number of the certificate that takes its place; `nil` where it is canceled.
        public let replacement: String?
    }

    public init(_ facts: some Sequence<CertificateFact>) {
        var editions: [NamedEdition] = []
        var isIssued = false
        var notifications: [Notification] = []
        var answers: [CancelationAnswer] = []
        for fact in facts {
            switch fact {
            case .issued(let edition, let message):
                isIssued = true
                editions.append(NamedEdition(edition: edition, name: "0 " + message))
            case .corrected(let edition, let message, _): editions.append(NamedEdition(edition: edition, name: "1 " + message))
            case .replacementNotified(let number, _, let message, let at):
                notifications.append(Notification(message: message, at: at, replacement: number))
            case .cancelationNotified(let message, let at):
                notifications.append(Notification(message: message, at: at, replacement: nil))
            case .answered(let answer): answers.append(answer)
            case .treated: break
            }
        }
        // Times are the master's own; where two are the same, the ids decide, on both sides alike.
        notifications.sort { $0.at == $1.at ? $0.message < $1.message : $0.at < $1.at }
        answers.sort { $0.at == $1.at ? $0.message < $1.message : $0.at < $1.at }
        // A correction corrects what was issued, and issues nothing.
        edition = isIssued ? editions.max { $0.yields(to: $1) }?.edition : nil
        let answered = answers.map { answer in (answer, CertificateLife.notification(of: answer, notifications)) }
        let agreed = answered.filter { $0.0.isCanceled }.compactMap(\.1)
        replacementsAgreed = edition == nil ? [] : Set(agreed.filter { $0.replacement != nil }.map(\.message))
        let closed = Set(answered.compactMap { $0.1?.message })
        let pending = notifications.last { !closed.contains($0.message) }
        if edition == nil {
            (state, open) = (.none, nil)
        } else if let (_, notification) = answered.first(where: { $0.0.isCanceled }) {
            state = notification?.replacement.map { .replaced(by: $0) } ?? .canceled
            open = nil
        } else if let pending {
            state = pending.replacement.map { .replacementNotified(by: $0) } ?? .cancelationNotified
            open = pending
        } else {
            (state, open) = (.issued, nil)
        }
    }

    /// An edition and which message brought it: of two that claim the same version, the same one counts on both sides, and what was
    /// issued before what was corrected.
    private struct NamedEdition {
        let edition: CertificateFact.Edition
        let name: String

        func yields(to other: NamedEdition) -> Bool {
            if edition.isOlder(than: other.edition) { return true }
            return !other.edition.isOlder(than: edition) && name > other.name
        }
    }

    /// What an answer is about: the notification that it names, or else the latest before it.
    private static func notification(of answer: CancelationAnswer, _ notifications: [Notification]) -> Notification? {
        guard let named = answer.respondsTo else { return notifications.last { $0.at <= answer.at } }
        return notifications.first { $0.message == named }
    }

    public var isFinal: Bool {
        switch state {
        case .replaced, .canceled: true
        default: false
        }
    }

    /// Whether its validity is over; derived, never sent.
    ///
    /// - Parameter day: `2026-11-23`.
    public func isExpired(on day: String) -> Bool { edition?.validUntil.map { $0 < day } ?? false }
}

extension CertificateFact.Edition {
    /// None comes first, then numbers, then texts, each in their own order.
    func isOlder(than other: CertificateFact.Edition) -> Bool {
        guard let mine = version else { return other.version != nil }
        guard let theirs = other.version else { return false }
        switch (Int(mine), Int(theirs)) {
        case (let mine?, let theirs?): return mine < theirs
        case (nil, nil): return mine < theirs
        case (let number, _): return number != nil
        }
    }
}
