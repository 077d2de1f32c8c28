public import XML

/// One Reference of a SignedInfo, as read (XML Signature, section 4.4.3).
public struct Reference: Sendable {
    /// The id that the URI names, without `#`; empty where it means the whole document.
    public let id: String
    public let canonicalization: Canonicalization
    /// Whether the enveloped-signature transform stands beside the canonicalization.
    public let isEnveloped: Bool
    public let digestAlgorithm: DigestAlgorithm
    public let digestValue: [UInt8]

    public var uri: String { id.isEmpty ? "" : "#" + id }
}
