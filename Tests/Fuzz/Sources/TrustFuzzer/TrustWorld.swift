import Fuzzing
import Trust
import XML
import XMLSignature

/// A partner whose certificates one authority vouches for, and what lists and answers make of its signers.
struct TrustWorld {
    /// What is found out about a signer at a moment; why nothing is does not matter.
    enum Verdict: Hashable {
        case good
        case revoked(at: XMLDateTime?)
        case unknown
    }

    struct ListVerdicts: Hashable {
        /// Where the partner's file names one list, by signer and moment.
        let alone: [[Verdict]]
        /// Where it names others too, by signer, now.
        let among: [Verdict]
    }

    /// The last list of the authority.
    let newest: RevocationList
    /// What is found out without any list.
    private(set) var silence = ListVerdicts(alone: [], among: [])

    private let store: TrustStore
    private let authority: Authority
    /// The signers, by what the partner's file names: one list, others too, a responder.
    private let alone: [KnownSigner]
    private let among: [KnownSigner]
    private let asked: [KnownSigner]
    private let questions: [OCSPQuestion]
    private let others: [RevocationList]

    private static let location = "input"
    /// Before anything was revoked, now, and after every list and answer ended.
    static let moments = [-259_200, 0, 1_728_000].map { FuzzIdentities.now.adding(seconds: $0) }

    /// - Parameters:
    ///   - retired: a certificate of the authority that the partner stopped to use.
    ///   - others: lists that are at hand whatever the input is.
    init(anchor: Certificate, retired: Certificate, signers: [CertificateName], newest: RevocationList, others: [RevocationList]) {
        func store(_ revocation: RevocationPolicy) -> TrustStore {
            let window = PinnedCertificate.Window(until: FuzzIdentities.now.adding(seconds: -86_400))
            return TrustStore(
                [PinnedCertificate(retired, owner: "partner", origin: "", window: window)],
                authorities: [Authority(owner: "partner", anchors: [anchor], subject: nil, revocation: revocation, origin: "")])
        }
        func known(_ revocation: RevocationPolicy) -> [KnownSigner] {
            signers.map { name in
                guard let signer = try? store(revocation).signer(name) else { fatalError("a signer of make-identities is not known") }
                return signer
            }
        }
        self.store = store(.none)
        self.newest = newest
        self.others = others
        authority = self.store.authorities[0]
        alone = known(RevocationPolicy(lists: [TrustWorld.location]))
        among = known(RevocationPolicy(lists: [TrustWorld.location] + others.indices.map(String.init)))
        asked = known(RevocationPolicy(responder: "http://responder.invalid"))
        questions = asked.map { signer in
            do throws(TrustError) {
                _ = try signer.check(at: FuzzIdentities.now, evidence: RevocationEvidence())
            } catch .responderNotAsked(let question) {
                return question
            } catch {}
            fatalError("no responder would be asked about a signer")
        }
        silence = verdicts(nil)
    }

    /// The certificate that a message so named may be signed with now; `nil` where it is refused.
    func accepted(_ name: CertificateName) -> Certificate? {
        do throws(TrustError) {
            let signer = try store.signer(name)
            _ = try signer.check(at: FuzzIdentities.now, evidence: store.evidence)
            return signer.certificate
        } catch {
            guard !error.description.isEmpty else { fatalError("a refusal without diagnosis") }
            return nil
        }
    }

    /// Whether a list is kept as the authority's, after another one from there or as the first.
    func keeps(_ list: RevocationList, after first: RevocationList? = nil) -> Bool {
        let evidence = RevocationEvidence()
        if let first { _ = keep(first, in: evidence) }
        return keep(list, in: evidence) == .kept
    }

    func verdicts(_ list: RevocationList?) -> ListVerdicts {
        let evidence = RevocationEvidence()
        if let list { _ = keep(list, in: evidence) }
        let single = alone.map { signer in TrustWorld.moments.map { verdict(signer, at: $0, evidence) } }
        guard !others.isEmpty else { return ListVerdicts(alone: single, among: []) }
        for (index, other) in others.enumerated() { _ = keep(other, from: String(index), in: evidence) }
        return ListVerdicts(alone: single, among: among.map { verdict($0, at: FuzzIdentities.now, evidence) })
    }

    /// Verdicts by signer and moment, where the responder answers each question with this, at that moment.
    func verdicts(answer: [UInt8]) -> [[Verdict]] {
        zip(asked, questions).map { signer, question in
            TrustWorld.moments.map { moment in
                let evidence = RevocationEvidence()
                evidence.keep(OCSPAnswer(answer, receivedAt: moment), to: question)
                return verdict(signer, at: moment, evidence)
            }
        }
    }

    private func keep(
        _ list: RevocationList, from location: String = TrustWorld.location, in evidence: RevocationEvidence
    ) -> RevocationEvidence.Outcome {
        evidence.keep(list, from: location, of: [authority], at: FuzzIdentities.now)
    }

    private func verdict(_ signer: KnownSigner, at moment: XMLDateTime, _ evidence: RevocationEvidence) -> Verdict {
        do throws(TrustError) {
            guard try signer.check(at: moment, evidence: evidence) == nil else { fatalError("a gap that nobody said to accept") }
            return .good
        } catch .revoked(_, let moment, _) {
            return .revoked(at: moment)
        } catch {
            guard !error.description.isEmpty else { fatalError("a refusal without diagnosis") }
            return .unknown
        }
    }
}
