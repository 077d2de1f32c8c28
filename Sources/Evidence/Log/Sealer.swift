public import Exchanges
public import Stores
internal import Trust
public import XML
internal import XMLSignature

/// Seals what is new in the log: records get a Merkle root, roots are chained and signed; stamps are made up for later, so that an
/// authority that is away holds up nothing.
public struct Sealer: Sendable {
    private let store: any MessageStore
    private let administration: Administration
    private let identities: SigningIdentities
    private let authority: TimestampAuthority?
    private let isToBeStamped: Bool
    private let clock: @Sendable () -> XMLDateTime

    /// Records of one seal at the most.
    private static let most = 4096
    /// Stamped in one round at the most.
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
        // At one moment, or positions could have been given anew between the two.
        let found = try await store.read { reading -> Unsealed in
            let records = try reading.unsealed(limit: Sealer.most)
            let keys = records.map(\.key).sorted()
            let rows = try LoggedRows(keys, reading)
            let last = try reading.sealingState().seals
            return Unsealed(
                records: records, leaves: keys.map { LogLeaf($0, rows.record($0)) }, tallies: Traffic(keys, rows).tallies, last: last,
                previous: try reading.seals(after: last - 1, limit: 1).first?.statement)
        }
        guard !found.leaves.isEmpty else { return nil }
        let now = clock()
        let statement = SealStatement(
            gateway: administration, number: found.last + 1, at: now.text, leaves: found.leaves, previous: found.previous,
            isToBeStamped: isToBeStamped
        ).bytes
        // Signed from memory, before it is written: what stands in the database may be somebody else's.
        let seal = StoredSeal(
            number: found.last + 1, at: now.text, statement: statement, leaves: LogLeaf.encode(found.leaves), isToBeStamped: isToBeStamped,
            signature: try await sign(statement, at: now))
        // Another that was faster leaves what is left for the next time.
        return try await store.write { try $0.add(seal, covering: found.records, tallies: found.tallies) } ? seal : nil
    }

    private struct Unsealed: Sendable {
        let records: [UnsealedRecord]
        let leaves: [LogLeaf]
        let tallies: [Tally]
        let last: Int64
        let previous: [UInt8]?
    }

    private func sign(_ statement: [UInt8], at now: XMLDateTime) async throws -> [UInt8] {
        let identity = identities.current(at: now)
        let algorithm = identity.signer.kind.algorithm
        let draft = FileSignatureDraft(
            over: [.init(path: SealStatement.file, mediaType: "application/json", digest: Digest(of: statement))],
            algorithm: algorithm, certificate: identity.certificate.der, signedAt: now.text)
        return draft.document(value: try await identity.signer.sign(draft.signedInfo, by: algorithm))
    }

    /// Has stamped what is not stamped yet.
    ///
    /// - Throws: where the authority does not answer; or, once all were asked for, why a stamp was not taken.
    public func stamp() async throws {
        guard let authority else { return }
        var refused: Timestamp.Defect?
        for seal in try await store.read({ try $0.unstamped(limit: Sealer.round) }) {
            guard let signature = seal.signature else { continue }
            let request = TimestampRequest(for: Digest(of: signature))
            let response = try await authority.ask(request)
            do throws(Timestamp.Defect) {
                // Kept only where it would convince a judge.
                _ = try Timestamp(verifying: response, of: signature, answering: request, anchors: authority.anchors)
            } catch {
                refused = error
                continue
            }
            try await store.write { try $0.stamp(seal: seal.number, with: response) }
        }
        if let refused { throw refused }
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
