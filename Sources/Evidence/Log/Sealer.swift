public import Exchanges
public import Stores
internal import Trust
public import XML
internal import XMLSignature

/// Seals what is new in the log: records get a Merkle root, roots are chained, then signed and stamped. Each step is its own, so that
/// neither a signer nor an authority that is away holds up the one before it.
public struct Sealer: Sendable {
    private let store: any MessageStore
    private let administration: Administration
    private let identities: SigningIdentities
    private let authority: TimestampAuthority?
    private let isToBeStamped: Bool
    private let clock: @Sendable () -> XMLDateTime

    /// Records of one seal at the most.
    private static let most = 4096
    /// Signed or stamped in one round at the most.
    private static let round = 256

    /// - Parameters:
    ///   - authority: stamps; `nil` leaves that to others.
    ///   - isToBeStamped: whether others will.
    public init(
        _ gateway: Gateway, authority: TimestampAuthority?, isToBeStamped: Bool = false,
        clock: @escaping @Sendable () -> XMLDateTime = { .now }
    ) {
        store = gateway.store
        administration = gateway.administration
        identities = gateway.identities
        self.authority = authority
        self.isToBeStamped = isToBeStamped || authority != nil
        self.clock = clock
    }

    /// Seals all that is there.
    ///
    /// - Returns: the seals that were made.
    public func seal() async throws -> [StoredSeal] {
        var made: [StoredSeal] = []
        while let seal = try await sealSome() {
            made.append(seal)
            if try await store.read({ try $0.unsealed(limit: 1) }).isEmpty { break }
        }
        return made
    }

    private func sealSome() async throws -> StoredSeal? {
        let (records, leaves, tallies) = try await store.read { reading -> ([UnsealedRecord], [LogLeaf], [Tally]) in
            let records = try reading.unsealed(limit: Sealer.most)
            let keys = records.map(\.key).sorted()
            let rows = try LoggedRows(keys, reading)
            return (records, keys.map { LogLeaf($0, rows.record($0)) }, Traffic(keys, rows).tallies)
        }
        guard !leaves.isEmpty else { return nil }
        let (number, previous) = try await store.read { reading -> (Int64, [UInt8]?) in
            let last = try reading.sealingState().seals
            return (last + 1, try reading.seals(after: last - 1, limit: 1).first?.statement)
        }
        let now = clock().text
        let statement = SealStatement(gateway: administration, number: number, at: now, leaves: leaves, previous: previous)
        let seal = StoredSeal(
            number: number, at: now, statement: statement.bytes, leaves: LogLeaf.encode(leaves), isToBeStamped: isToBeStamped)
        let positions = records.map(\.position)
        // Another replica that was faster leaves what is left for the next time.
        return try await store.write { try $0.add(seal, covering: positions, tallies: tallies) } ? seal : nil
    }

    /// Signs what is not signed yet.
    ///
    /// - Returns: how many were signed.
    public func sign() async throws -> Int {
        let unsigned = try await store.read { try $0.seals(without: .signature, limit: Sealer.round) }
        for seal in unsigned {
            let now = clock()
            let identity = identities.current(at: now)
            let algorithm = identity.signer.kind.algorithm
            let draft = FileSignatureDraft(
                over: [.init(path: SealStatement.file, mediaType: "application/json", digest: Digest(of: seal.statement))],
                algorithm: algorithm, certificate: identity.certificate.der, signedAt: now.text)
            let document = draft.document(value: try await identity.signer.sign(draft.signedInfo, by: algorithm))
            try await store.write { try $0.sign(seal: seal.number, with: document) }
        }
        return unsigned.count
    }

    /// Has stamped what is not stamped yet.
    ///
    /// - Returns: how many were stamped.
    public func stamp() async throws -> Int {
        guard let authority else { return 0 }
        let unstamped = try await store.read { try $0.seals(without: .stamp, limit: Sealer.round) }
        for seal in unstamped {
            guard let signature = seal.signature else { continue }
            let request = TimestampRequest(for: Digest(of: signature))
            let response = try await authority.ask(request)
            // Kept only where it would convince a judge.
            _ = try Timestamp(verifying: response, of: signature, answering: request, anchors: authority.anchors)
            try await store.write { try $0.stamp(seal: seal.number, with: response) }
        }
        return unstamped.count
    }
}

/// What came out, by hour, of the records of one seal.
private struct Traffic {
    private var counts: [Tally.Subject: Int] = [:]

    init(_ keys: [LogKey], _ rows: LoggedRows) {
        for key in keys {
            switch key.kind {
            case .event:
                guard let message = rows.messages[key.subject], let event = message.events.first(where: { $0.number == key.number })?.event,
                    event.written != nil
                else { continue }
                count(message.message, event.state.rawValue, at: event.at)
                // `code: diagnosis`
                if event.state == .refused, let code = event.detail?.split(separator: ":").first {
                    count(message.message, "rule \(code)", at: event.at)
                }
            case .refusal:
                guard let note = rows.refusal(key.subject)?.note else { continue }
                add(Tally.Subject(hour: Traffic.hour(note.at), direction: .inbound, partner: "", operation: "", outcome: "refused"))
                add(
                    Tally.Subject(
                        hour: Traffic.hour(note.at), direction: .inbound, partner: "", operation: "", outcome: "rule \(note.code)"))
            case .fact, .change: continue
            }
        }
    }

    var tallies: [Tally] { counts.map { Tally($0.key, count: $0.value) } }

    private static func hour(_ moment: String) -> String { String(moment.prefix(13)) }

    private mutating func count(_ message: StoredMessage, _ outcome: String, at moment: String) {
        add(
            Tally.Subject(
                hour: Traffic.hour(moment), direction: message.direction, partner: message.partner, operation: message.operation,
                outcome: outcome))
    }

    private mutating func add(_ subject: Tally.Subject) { counts[subject, default: 0] += 1 }
}
