internal import Synchronization
public import XML
internal import XMLSignature

/// The revocation lists and OCSP answers at hand, with when they came. What fetches them is elsewhere; here they are only kept
/// and judged.
public final class RevocationEvidence: Sendable {
    private struct Kept {
        var lists: [String: (list: RevocationList, fetchedAt: XMLDateTime)] = [:]
        var answers: [Digest: OCSPAnswer] = [:]
        var failures: [Digest: (reason: String, at: XMLDateTime)] = [:]
    }

    /// Seconds until a responder that failed is asked again.
    private static let failurePatience: Int64 = 30
    /// Seconds that an answer is used before it is asked for anew, within the time that it gives itself.
    private static let answerPatience: Int64 = 3600
    /// Certificates of one authority that sign are few; what is past this is asked for anew.
    private static let mostAnswers = 10_000

    private let kept = Mutex(Kept())

    public init() {}

    public func keep(_ list: RevocationList, from location: String, at moment: XMLDateTime) {
        kept.withLock { $0.lists[location] = (list, moment) }
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

    /// - Throws: `TrustError`; where the policy accepts what cannot be told, the gap is returned instead.
    func check(_ path: CertificationPath, at moment: XMLDateTime) throws(TrustError) -> RevocationGap? {
        let policy = path.authority.revocation
        guard !policy.isNone else { return nil }
        let subject = path.certificate.subject
        var gap: RevocationGap?
        if policy.responder != nil {
            guard let found = try ask(path, at: moment) else { return nil }
            gap = found
        }
        // A list may know what the responder could not say.
        if !policy.lists.isEmpty {
            let lists = kept.withLock { kept in policy.lists.compactMap { kept.lists[$0]?.list } }
            do {
                try path.check(lists, at: moment)
                return nil
            } catch .revocationUnknown(_, let found) {
                gap = found
            }
        }
        guard let gap else { return nil }
        guard policy.whenUnknown == .accept else { throw .revocationUnknown(subject: subject, gap) }
        return gap
    }

    private func ask(_ path: CertificationPath, at moment: XMLDateTime) throws(TrustError) -> RevocationGap? {
        let certificate = path.certificate
        guard let url = path.authority.revocation.responder else { return nil }
        guard let issuer = path.issuer, let question = OCSPQuestion(url: url, certificate: certificate, issuer: issuer) else {
            return .badAnswer("the issuer of the certificate is not among the authority's")
        }
        let (answer, failure) = kept.withLock { ($0.answers[certificate.fingerprint], $0.failures[certificate.fingerprint]) }
        let answerIsFresh = answer.map { moment <= $0.receivedAt.adding(seconds: RevocationEvidence.answerPatience) } ?? false
        let failureIsFresh = failure.map { moment <= $0.at.adding(seconds: RevocationEvidence.failurePatience) } ?? false
        guard answerIsFresh || failureIsFresh else { throw .responderNotAsked(question) }
        guard let answer else { return .unreachable(failure?.reason ?? "") }
        switch answer.status(of: certificate, issuer: issuer, at: moment) {
        case .good: return nil
        case .revoked(let at): throw .revoked(subject: certificate.subject, at: at, by: "OCSP responder \(url)")
        case .gap(let gap): return failureIsFresh ? .unreachable(failure?.reason ?? "") : gap
        }
    }
}
