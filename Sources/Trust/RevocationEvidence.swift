internal import Synchronization
public import XML
internal import XMLSignature

/// The revocation lists and OCSP answers at hand, with when they came. What fetches them is elsewhere; here they are only kept
/// and judged.
public final class RevocationEvidence: Sendable {
    private struct Kept {
        var lists: [String: (list: RevocationList, fetchedAt: XMLDateTime)] = [:]
        /// The last list of a location that no registered certificate of the authority signed: forged, or by an intermediate that only
        /// messages bring. It never takes the place of a good one.
        var foreign: [String: RevocationList] = [:]
        var answers: [Digest: OCSPAnswer] = [:]
        var failures: [Digest: (reason: String, at: XMLDateTime)] = [:]
    }

    /// Seconds until a responder that failed, or whose answer could not be used, is asked again.
    private static let failurePatience: Int64 = 30
    /// Seconds that an answer is used before it is asked for anew, within the time that it gives itself.
    private static let answerPatience: Int64 = 3600
    /// Certificates of one authority that sign are few; what is past this is asked for anew.
    private static let mostAnswers = 10_000

    private let kept = Mutex(Kept())

    public init() {}

    public enum Outcome: Sendable, Equatable {
        case kept
        /// The one at hand is newer.
        case older
        /// Not signed by a registered certificate of the authority; the one at hand stays.
        case foreign
    }

    /// Keeps a list in the place of an older one from there, if the authority signed it.
    public func keep(_ list: RevocationList, from location: String, of authorities: [Authority], at moment: XMLDateTime) -> Outcome {
        let isGenuine = list.isSigned(by: authorities.flatMap(\.issuers))
        return kept.withLock { kept in
            guard isGenuine else {
                kept.foreign[location] = list
                return .foreign
            }
            kept.foreign[location] = nil
            if let known = kept.lists[location], known.list.issuerName == list.issuerName, list.from < known.list.from { return .older }
            kept.lists[location] = (list, moment)
            return .kept
        }
    }

    /// Takes over the lists of another, whose settings were found good.
    public func adopt(_ other: RevocationEvidence) {
        let (lists, foreign) = other.kept.withLock { ($0.lists, $0.foreign) }
        kept.withLock { kept in
            for (location, found) in lists {
                kept.foreign[location] = nil
                if let known = kept.lists[location], known.list.issuerName == found.list.issuerName, found.list.from < known.list.from {
                    continue
                }
                kept.lists[location] = found
            }
            kept.foreign.merge(foreign) { _, new in new }
        }
    }

    public func keep(_ answer: OCSPAnswer, to question: OCSPQuestion) {
        kept.withLock { kept in
            if kept.answers.count >= RevocationEvidence.mostAnswers { kept.answers.removeAll() }
            kept.answers[question.fingerprint] = answer
            kept.failures[question.fingerprint] = nil
        }
    }

    public func noteFailure(_ reason: String, of question: OCSPQuestion, at moment: XMLDateTime) {
        kept.withLock { kept in
            if kept.failures.count >= RevocationEvidence.mostAnswers { kept.failures.removeAll() }
            kept.failures[question.fingerprint] = (reason, moment)
        }
    }

    /// The lists with their locations and when they came, for `check` and health.
    public var lists: [(location: String, list: RevocationList, fetchedAt: XMLDateTime)] {
        kept.withLock { kept in kept.lists.map { ($0.key, $0.value.list, $0.value.fetchedAt) } }.sorted { $0.0 < $1.0 }
    }

    /// Locations whose last list was not the authority's.
    public var foreignLists: [(location: String, issuer: String)] {
        kept.withLock { kept in kept.foreign.map { ($0.key, $0.value.issuer) } }.sorted { $0.0 < $1.0 }
    }

    /// What the lists and the answer at hand name as revoked, for whichever moment.
    func revocation(_ path: CertificationPath) -> (at: XMLDateTime?, by: String)? {
        let policy = path.authority.revocation
        let (known, foreign, answer) = kept.withLock { kept in
            (
                policy.lists.compactMap { kept.lists[$0]?.list }, policy.lists.compactMap { kept.foreign[$0] },
                kept.answers[path.certificate.fingerprint]
            )
        }
        do throws(TrustError) {
            try path.checkNamed(in: known + foreign.filter { path.vouches(for: $0) }, at: XMLDateTime(seconds: .max / 2))
            guard let answer, let issuer = path.issuer,
                case .revoked(let at) = answer.status(of: path.certificate, issuer: issuer, at: answer.receivedAt)
            else { return nil }
            return (at, "OCSP responder")
        } catch {
            guard case .revoked(_, let at, let by) = error else { return nil }
            return (at, by)
        }
    }

    /// The earliest moment from which a list at hand says that the key was not to be trusted any more.
    func invalidity(_ path: CertificationPath) -> XMLDateTime? {
        let locations = path.authority.revocation.lists
        let (known, foreign) = kept.withLock { kept in
            (locations.compactMap { kept.lists[$0]?.list }, locations.compactMap { kept.foreign[$0] })
        }
        let lists = (known + foreign.filter { path.vouches(for: $0) }).filter { $0.issuerName == path.certificate.issuerName }
        return lists.compactMap { $0.invalidity(of: path.certificate) }.min()
    }

    /// - Throws: `TrustError`; where the policy accepts what cannot be told, the gap is returned instead.
    func check(_ path: CertificationPath, at moment: XMLDateTime) throws(TrustError) -> RevocationGap? {
        let policy = path.authority.revocation
        guard !policy.isNone else { return nil }
        let (known, foreign) = kept.withLock { kept in
            (policy.lists.compactMap { kept.lists[$0]?.list }, policy.lists.compactMap { kept.foreign[$0] })
        }
        let lists = known + foreign.filter { path.vouches(for: $0) }
        // A list that names the certificate is believed before any responder: it may be the operator's own in an emergency.
        try path.checkNamed(in: lists, at: moment)
        var gap: RevocationGap?
        if policy.responder != nil {
            guard let found = try ask(path, at: moment) else { return nil }
            gap = found
        }
        // A list may know what the responder could not say.
        if !policy.lists.isEmpty {
            do {
                try path.check(lists, at: moment)
                return nil
            } catch .revocationUnknown(_, .noList(let issuer)) {
                gap = foreign.contains { $0.issuer == issuer } ? .forgedList(of: issuer) : .noList(of: issuer)
            } catch .revocationUnknown(_, let found) {
                gap = found
            }
        }
        guard let gap else { return nil }
        guard policy.whenUnknown == .accept else { throw .revocationUnknown(subject: path.certificate.subject, gap) }
        return gap
    }

    private func ask(_ path: CertificationPath, at moment: XMLDateTime) throws(TrustError) -> RevocationGap? {
        let certificate = path.certificate
        guard let url = path.authority.revocation.responder else { return nil }
        guard let issuer = path.issuer, let question = OCSPQuestion(url: url, certificate: certificate, issuer: issuer) else {
            return .badAnswer("the issuer of the certificate is not among the authority's")
        }
        let (answer, failure) = kept.withLock { ($0.answers[certificate.fingerprint], $0.failures[certificate.fingerprint]) }
        let recentFailure = failure.flatMap { moment <= $0.at.adding(seconds: RevocationEvidence.failurePatience) ? $0.reason : nil }
        guard let answer else {
            guard let recentFailure else { throw .responderNotAsked(question) }
            return .unreachable(recentFailure)
        }
        func isYounger(than seconds: Int64) -> Bool { moment <= answer.receivedAt.adding(seconds: seconds) }
        switch answer.status(of: certificate, issuer: issuer, at: moment) {
        case .good:
            // Past its time it is asked for anew; while the responder is away, it holds as long as it says itself.
            guard isYounger(than: RevocationEvidence.answerPatience) || recentFailure != nil else { throw .responderNotAsked(question) }
            return nil
        case .revoked(let at): throw .revoked(subject: certificate.subject, at: at, by: "OCSP responder \(url)")
        case .gap(let gap):
            guard isYounger(than: RevocationEvidence.failurePatience) || recentFailure != nil else { throw .responderNotAsked(question) }
            return recentFailure.map { .unreachable($0) } ?? gap
        }
    }
}
