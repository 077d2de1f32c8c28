public import Datasets
internal import XML
internal import XMLSignature

/// The proof that a message was accepted: its id, when it was first accepted, and the digest of what was received.
public struct Receipt: Hashable, Sendable, Codable {
    public let functionalReferenceID: String
    /// RFC 3339, UTC.
    public let receivedDateTime: String
    /// URI.
    public let digestMethod: String
    /// Base64 DigestValue of the request's Body Reference.
    public let digestValue: String

    /// - Parameter bodyDigest: base64; no two digest algorithms have the same length, so it says its own.
    init(messageID: String, receivedAt: String, bodyDigest: String) {
        functionalReferenceID = messageID
        receivedDateTime = receivedAt
        let length = Base64.decode(bodyDigest)?.count
        digestMethod = (DigestAlgorithm.allCases.first { $0.length == length } ?? .sha256).rawValue
        digestValue = bodyDigest
    }

    /// - Returns: `nil` where the answer has no receipt.
    public init?(_ answer: Dataset) {
        guard let id = answer.text("receipt", "functionalReferenceId"), let time = answer.text("receipt", "receivedDateTime"),
            let method = answer.text("receipt", "digestMethod"), let digest = answer.text("receipt", "digestValue")
        else { return nil }
        functionalReferenceID = id
        receivedDateTime = time
        digestMethod = method
        digestValue = digest
    }

    /// The answer's element, such as SendCOResponse.
    func xml(_ message: MenuMessage) -> [UInt8] {
        let values: [String: DatasetValue] = [
            "functionalReferenceId": .text(functionalReferenceID), "receivedDateTime": .text(receivedDateTime),
            "digestMethod": .text(digestMethod), "digestValue": .text(digestValue),
        ]
        return Dataset(message, ["receipt": .record(values)]).xml
    }
}
