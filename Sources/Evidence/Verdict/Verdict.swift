public import Datasets
public import SOAP
public import WSSecurity

/// The whole verdict on a message, the same from the server, the command and the archive: what was found, the outcome of every rule, and
/// which value of the dataset the signature covers. Its JSON is described by `wsdl/coconect-verdict-1.schema.json`.
public struct Verdict: Sendable, Encodable {
    public let report: VerificationReport
    /// `nil` where the message is not good, or its Body no dataset of ours.
    public let coverage: Coverage?

    /// - Parameters:
    ///   - bytes: the message, in UTF-8.
    ///   - catalog: in the words of the message.
    public init(_ report: VerificationReport, _ verified: Verified<Envelope>?, bytes: [UInt8], catalog: Catalog) {
        self.report = report
        coverage = verified.flatMap { verified in
            // A fault, or what somebody else's words are for, has no values of ours.
            guard let content = verified.content, let name = catalog.menu.messages.first(where: { $0.value.xml == content.name })?.key,
                let dataset = try? catalog.dataset(reading: content, as: name)
            else { return nil }
            return Coverage(dataset, of: verified, bytes: bytes)
        }
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
