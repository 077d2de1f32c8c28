public import Datasets
public import Documents
public import SOAP
public import WSSecurity

/// The whole verdict on a message, the same from the server, the command and the archive: what was found, the outcome of every rule, and
/// which value of the dataset the signature covers. Its JSON is described by `wsdl/coconect-verdict-1.schema.json`.
public struct Verdict: Sendable, Encodable {
    public let report: VerificationReport
    /// `nil` where the message is not good, or its Body no dataset of ours.
    public let coverage: Coverage?

    /// The documents that travel in it; they are judged apart, by other signers than the message's.
    public let documents: [AttachedDocument]

    /// - Parameters:
    ///   - bytes: the message, in UTF-8.
    ///   - catalog: in the words of the message.
    public init(_ report: VerificationReport, _ verified: Verified<Envelope>?, bytes: [UInt8], catalog: Catalog) {
        self.report = report
        // A fault, or what somebody else's words are for, has no values of ours.
        let dataset = verified?.content.flatMap { content in
            catalog.menu.messages.first { $0.value.xml == content.name }.flatMap { try? catalog.dataset(reading: content, as: $0.key) }
        }
        documents = dataset.map(AttachedDocument.all) ?? []
        coverage = verified.flatMap { verified in dataset.flatMap { Coverage($0, of: verified, bytes: bytes) } }
    }

    private enum Key: CodingKey { case hash, ruleSet, rules, coverage }

    public func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(report.hash, forKey: .hash)
        try container.encode(VerificationReport.ruleSet, forKey: .ruleSet)
        try container.encode(report.rules, forKey: .rules)
        try container.encodeIfPresent(coverage, forKey: .coverage)
    }
}
