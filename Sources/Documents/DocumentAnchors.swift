public import Trust
public import XMLSignature

/// What the signers of documents are judged by. They are others than the partners who sign messages: an exporter, an officer of a chamber.
public struct DocumentAnchors: Sendable {
    public let store: TrustStore
    /// SHA-256 of the certificates of officers who are registered to issue certificates; `nil` where there is no such list.
    public let officers: Set<Digest>?

    public init(_ store: TrustStore, officers: Set<Digest>? = nil) {
        self.store = store
        self.officers = officers
    }
}
