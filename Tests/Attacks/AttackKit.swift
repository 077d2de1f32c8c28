public import Trust
public import XML
internal import XMLSignature

/// Every attack of the list over every shape. It knows nothing of the endpoint but its contract, so it runs against any.
public struct AttackKit: Sendable {
    private let identity: SigningIdentity
    private let content: [UInt8]
    private let forged: [UInt8]
    private let address: String
    private let action: String

    /// - Parameters:
    ///   - identity: one that the endpoint knows; only then it is the guard that refuses and not the signer.
    ///   - content: a message that the endpoint accepts.
    ///   - forged: the same with another value in it.
    ///   - address: of the operation.
    public init(identity: SigningIdentity, content: [UInt8], forged: [UInt8], address: String, action: String) {
        self.identity = identity
        self.content = content
        self.forged = forged
        self.address = address
        self.action = action
    }

    public func sample(_ shape: Shape, at now: XMLDateTime, created: XMLDateTime? = nil, lifetime: Int = 300) async throws -> SignedSample {
        try await SignedSample(
            identity, shape: shape, content: content, forged: forged, address: address, action: action, created: created ?? now,
            lifetime: lifetime)
    }

    /// The attacks in one shape, with the good message first.
    public func attacks(_ shape: Shape, at now: XMLDateTime) async throws -> [Attack] {
        var list = AttackList(sample: try await sample(shape, at: now))
        list.add("good", "the message as it is signed", .accepted, list.sample.text)
        try list.addWrapping()
        try await list.addTimes(old: sample(shape, at: now, created: now.adding(seconds: -3600)), now: now)
        try await list.addClocks(at: now) { try await sample(shape, at: now, created: $0, lifetime: $1) }
        try list.addSignatures()
        try await list.addResigned()
        try list.addTokens()
        try list.addEnvelopes()
        try list.addTransport()
        list.addDocuments()
        return list.attacks
    }
}

/// Attacks under collection, all from one sample.
struct AttackList {
    let sample: SignedSample
    private(set) var attacks: [Attack] = []

    init(sample: SignedSample) {
        self.sample = sample
    }

    mutating func add(
        _ name: String, _ title: String, _ expectation: Attack.Expectation, _ text: String, contentType: String? = nil,
        headers: [String: String] = [:]
    ) {
        add(name, title, expectation, bytes: Array(text.utf8), contentType: contentType, headers: headers)
    }

    mutating func add(
        _ name: String, _ title: String, _ expectation: Attack.Expectation, bytes: [UInt8], contentType: String? = nil,
        headers: [String: String] = [:]
    ) {
        attacks.append(
            Attack(
                name: name, title: title, shape: sample.shape, bytes: bytes,
                contentType: contentType ?? "\(sample.shape.version.mediaType); charset=utf-8", headers: headers, expectation: expectation))
    }

    mutating func refuse(_ name: String, _ title: String, _ codes: String..., text: String) {
        add(name, title, .refused(Set(codes)), text)
    }
}
