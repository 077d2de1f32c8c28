public import Datasets
public import Trust
public import WSSecurity
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
    public let request: VerificationReport?
    public let response: VerificationReport?

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
    ///   - catalog: reads the dataset in Body.
    public init(of archive: [UInt8], trust: TrustStore, at moment: XMLDateTime?, catalog: Catalog) {
        var judge = EvidenceJudge(trust: trust, catalog: catalog)
        do {
            let files = try ZIPReader(archive, limit: EvidenceVerdict.limit)
            container = judge.container(files)
            let record = judge.record(files)
            let received = moment ?? record.flatMap { XMLDateTime($0.message.receivedAt) } ?? .now
            let sent = judge.message(files, "request.xml", at: received)
            let answered = judge.message(files, "response.xml", at: received)
            judge.compare(sent, with: files["dataset.json"], record)
            answer = judge.relate(answered, to: sent)
            (request, response) = (sent?.report, answered?.report)
        } catch {
            judge.defects.append("\(error)")
            (container, answer, request, response) = (nil, nil, nil, nil)
        }
        (defects, notes) = (judge.defects, judge.notes)
        outcome = judge.defects.isEmpty ? .good : .bad
    }
}
