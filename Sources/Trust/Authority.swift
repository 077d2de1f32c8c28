/// An authority whose certificates a partner signs with: any certificate from it that has the partner's subject.
public struct Authority: Sendable {
    /// The partner's name in the registry.
    public let owner: String
    /// Where paths end. Nothing else is trusted, the store of the system least of all.
    public let anchors: [Certificate]
    /// Certificates between; a message may bring more.
    public let intermediates: [Certificate]
    /// What the subject of the signer's certificate must contain; `nil` takes any.
    public let subject: DistinguishedName?
    public let revocation: RevocationPolicy
    /// The file it came from, for diagnoses.
    public let origin: String

    public init(
        owner: String, anchors: [Certificate], intermediates: [Certificate] = [], subject: DistinguishedName?,
        revocation: RevocationPolicy = .none, origin: String
    ) {
        self.owner = owner
        self.anchors = anchors
        self.intermediates = intermediates
        self.subject = subject
        self.revocation = revocation
        self.origin = origin
    }

    /// Every certificate of it that may sign others, or lists.
    var issuers: [Certificate] { anchors + intermediates }

    func mayHaveIssued(_ certificate: Certificate) -> Bool { subject.map { certificate.subjectName.contains($0) } ?? true }
}

/// How it is found out whether a certificate was revoked.
public struct RevocationPolicy: Hashable, Sendable {
    /// Files or URLs of revocation lists.
    public var lists: [String]
    /// Address of the OCSP responder.
    public var responder: String?
    public var whenUnknown: WhenUnknown

    /// What becomes of a message where neither list nor responder can tell.
    public enum WhenUnknown: String, CaseIterable, Sendable {
        case refuse
        /// Accepted, with a mark in the report and an alarm in the log.
        case accept
    }

    public init(lists: [String] = [], responder: String? = nil, whenUnknown: WhenUnknown = .refuse) {
        self.lists = lists
        self.responder = responder
        self.whenUnknown = whenUnknown
    }

    /// Revocation is not looked at: the partner tells us, and its file changes.
    public static let none = RevocationPolicy()

    var isNone: Bool { lists.isEmpty && responder == nil }
}
