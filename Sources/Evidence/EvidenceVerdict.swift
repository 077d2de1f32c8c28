public import Datasets
public import Documents
public import Trust
internal import WSSecurity
public import XML
internal import ZIP

/// What an evidence file proves: judged from the file and given certificates alone, without gateway and store.
public struct EvidenceVerdict: Sendable, Encodable {
    public enum Outcome: String, Sendable, Encodable { case good, bad }

    public let outcome: Outcome
    /// What is wrong, each in a sentence.
    public let defects: [String]
    /// What could not be judged, and why; it is not wrong.
    public let notes: [String]
    /// What the signed answer says of the request.
    public let answer: Answer?
    /// Who put the file together, and when, as it claims.
    public let container: Container?
    /// The two signed messages, as far as they are in it.
    public let request: Verdict?
    public let response: Verdict?
    /// The documents that travelled in the message, each judged by its own signatures: theirs are other signers than the message's, so
    /// what is found in them is no defect of the file.
    public let documents: [JudgedDocument]
    /// The seals under which the records of the message stand.
    public let seals: [Seal]

    public struct Seal: Sendable, Encodable {
        public let number: Int64
        /// By the gateway's clock.
        public let at: String
        public let root: String
        /// As its authority says, where that was judged.
        public internal(set) var stampedAt: String?
    }

    public enum Answer: String, Sendable, Encodable { case receipt, fault }

    public struct Container: Sendable, Encodable {
        public let signer: String
        public let fingerprint: String
        public let signedAt: String
        public let files: Int
    }

    /// Bytes of all files, unpacked.
    private static let limit = 256 * 1024 * 1024

    /// - Parameters:
    ///   - trust: the administrations' certificates.
    ///   - moment: for which the certificates of the messages are judged; `nil` for when the message was received.
    ///   - stampAnchors: certificates of the authority that stamped the seals; without them stamps are not judged.
    ///   - documentAnchors: of the signers of documents; `nil` judges the integrity of documents alone.
    ///   - catalog: reads the dataset in Body.
    public init(
        of archive: [UInt8], trust: TrustStore, stampAnchors: [Certificate] = [], documentAnchors: DocumentAnchors? = nil,
        at moment: XMLDateTime?, catalog: Catalog
    ) {
        var judge = EvidenceJudge(trust: trust, stampAnchors: stampAnchors, catalog: catalog)
        do {
            let files = try ZIPReader(archive, limit: EvidenceVerdict.limit)
            container = judge.container(files)
            let record = judge.record(files)
            let received = moment ?? record.flatMap { XMLDateTime($0.message.receivedAt) } ?? .now
            let sent = judge.message(files, "request.xml", at: received, wasRefused: record?.message.state == .refused)
            let answered = judge.message(files, "response.xml", at: received)
            judge.compare(sent, with: files["dataset.json"], record)
            answer = judge.relate(answered, to: sent)
            // Of the two, the gateway had to verify the partner's.
            let theirs = record?.message.direction == .outbound ? answered : sent
            judge.compareVerdict(theirs?.report, with: files["verification.json"])
            let verifier = DocumentVerifier(anchors: documentAnchors, at: moment, now: .now)
            documents = judge.documents(files, sent, verifier: verifier)
            seals = judge.log(files, record)
            func verdict(_ message: EvidenceJudge.Message?) -> Verdict? {
                message.map { Verdict($0.report, $0.verified, bytes: $0.bytes, catalog: catalog) }
            }
            (request, response) = (verdict(sent), verdict(answered))
        } catch {
            judge.defects.append("\(error)")
            (container, answer, request, response, documents, seals) = (nil, nil, nil, nil, [], [])
        }
        (defects, notes) = (judge.defects, judge.notes)
        outcome = judge.defects.isEmpty ? .good : .bad
    }
}
