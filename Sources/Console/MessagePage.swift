internal import Documents
internal import Evidence
internal import Exchanges
internal import SOAP
internal import Stores
internal import WSSecurity
internal import XML

extension Console {
    /// One message: its story, what was signed, the dataset beside it, the verdict, the answer.
    func message(_ id: String, _ user: ConsoleUser) async throws -> ConsolePage? {
        guard let kept = try await KeptMessage(id, store) else { return nil }
        let message = kept.message
        let judged = kept.bytes(.request).map { judge($0, kept) }
        let verdict = judged.map(VerdictRows.init)
        let stored = kept.bytes(.verification).flatMap(StoredVerdict.init)
        let isPartners = message.direction == .inbound
        return render(
            Content(
                id: message.id, messageID: message.messageID, operation: message.operation, partner: message.partner,
                partnerAddress: ConsoleAddress.partner(message.partner), direction: isPartners ? "from" : "to",
                number: message.certificateNumber,
                numberAddress: ConsoleAddress.certificate(message.certificateNumber ?? ""), state: message.state.rawValue,
                kind: message.state.kind, detail: message.detail, attempts: "\(message.attempts)",
                story: kept.events.enumerated().map { StoryRow($1, number: $0 + 1, sealed: kept.sealed.contains(Int64($0 + 1))) },
                envelope: judged.flatMap { judged in kept.bytes(.request).map { EnvelopeMarkup($0, judged.coverage).html } },
                values: (judged?.coverage?.values ?? []).enumerated().map { ValueRow($1, number: $0) },
                plainDataset: judged?.coverage == nil ? kept.bytes(.dataset).map { String(decoding: $0, as: UTF8.self) } : nil,
                documents: (judged?.documents ?? []).map { DocumentRow($0, DocumentVerifier(anchors: nil, now: .now)) },
                verdict: verdict, isPartners: isPartners, storedHash: stored?.hash,
                isSame: isPartners && stored?.hash != nil && stored?.hash == judged?.report.hash, signer: judged?.report.signer?.subject,
                answer: kept.bytes(.response).map { String(decoding: $0, as: UTF8.self) },
                links: kept.kinds.map { Link(text: $0.rawValue, address: "/messages/\(message.id)/\($0.rawValue)") }
                    + [Link(text: "evidence.asice", address: "/messages/\(message.id)/evidence.asice")],
                mayRetry: message.state == .parked && user.mayChange,
                rule: message.state == .refused
                    ? message.detail.flatMap { $0.split(separator: ":").first }.flatMap { RuleBook.rule(code: String($0)) }
                        .map { Link(text: "\($0.number) \($0.code)", address: ConsoleAddress.rule($0.number)) } : nil),
            "message", title: message.certificateNumber ?? message.messageID, user)
    }

    /// As it was when the message came, by the certificates that are known now.
    private func judge(_ bytes: [UInt8], _ kept: KeptMessage) -> Verdict {
        let moment = XMLDateTime(kept.message.receivedAt) ?? .now
        var report = VerificationReport(judgedAt: moment)
        let own = gateway.identities.pins
        let trust = gateway.partners.trust
        let pins = kept.message.direction == .inbound ? trust : TrustStoreOfOwn(own).store
        var verified: Verified<Envelope>?
        do {
            let envelope = try Envelope(reading: XMLDocument(parsing: bytes, limits: XMLLimits(bytes: 64 * 1024 * 1024)))
            verified = try EnvelopeVerifier(trust: pins, policy: SecurityPolicy(clock: .notChecked)).verify(
                envelope, at: moment, report: &report)
        } catch let error as SecurityRefusal {
            report.reason = error.description
        } catch {
            report.reason = "\(error)"
        }
        let catalog = gateway.partners[kept.message.partner]?.catalog ?? gateway.catalog
        return Verdict(report, verified, bytes: bytes, catalog: catalog)
    }

    private struct Content {
        let id: String
        let messageID: String
        let operation: String
        let partner: String
        let partnerAddress: String
        let direction: String
        let number: String?
        let numberAddress: String
        let state: String
        let kind: String
        let detail: String?
        let attempts: String
        let story: [StoryRow]
        let envelope: String?
        let values: [ValueRow]
        let plainDataset: String?
        let documents: [DocumentRow]
        let verdict: VerdictRows?
        let isPartners: Bool
        let storedHash: String?
        let isSame: Bool
        let signer: String?
        let answer: String?
        let links: [Link]
        let mayRetry: Bool
        let rule: Link?
    }
}

struct Link {
    let text: String
    let address: String
}

/// A message with all that is kept of it.
private struct KeptMessage: Sendable {
    let message: StoredMessage
    let events: [MessageEvent]
    private let contents: [ContentKind: [UInt8]]
    /// Numbers of the events that are under a seal.
    let sealed: Set<Int64>

    init?(_ id: String, _ store: any MessageStore) async throws {
        let found = try await store.read { reading -> (StoredMessage, [MessageEvent], [ContentKind: [UInt8]], Set<Int64>)? in
            guard let message = try reading.message(id: id) else { return nil }
            let events = try reading.events(of: id)
            let waiting = try reading.unsealed(limit: 10_000).map(\.key).filter { $0.kind == .event && $0.subject == message.sequence }
            let sealed = Set(events.indices.map { Int64($0 + 1) }).subtracting(waiting.map(\.number))
            return (message, events, try reading.contents(of: [message.sequence])[message.sequence] ?? [:], sealed)
        }
        guard let found else { return nil }
        (message, events, contents, sealed) = found
    }

    var kinds: [ContentKind] { ContentKind.allCases.filter { contents[$0] != nil } }
    func bytes(_ kind: ContentKind) -> [UInt8]? { contents[kind] }
}

struct StoryRow {
    let number: String
    let at: String
    let state: String
    let kind: String
    let detail: String?
    let isSealed: Bool

    init(_ event: MessageEvent, number: Int, sealed: Bool) {
        self.number = "\(number)"
        at = event.at.second
        state = event.state.rawValue
        kind = event.state.kind
        detail = event.detail
        isSealed = sealed
    }
}

struct ValueRow {
    let number: String
    let pointer: String
    let path: String
    let text: String
    let line: String

    /// The longest texts of the menu that people write have 2048 characters.
    private static let longest = 4096

    init(_ value: Coverage.Value, number: Int) {
        self.number = "\(number)"
        pointer = value.pointer
        path = value.path
        // A document in base64 would fill pages; the envelope beside it has all of it.
        let length = value.text.unicodeScalars.count
        text = length <= ValueRow.longest ? value.text : "\(value.text.prefix(200))… (\(length) characters)"
        line = "\(value.line)"
    }
}
