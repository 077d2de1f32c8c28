internal import Stores
internal import XMLSignature

/// What the records of a message say that its row and its bytes must be now.
struct MessageHistory {
    private var state = TransportState.refused
    private var detail: String?
    private var updatedAt = ""
    private var attempts = 0
    private var signer: String?
    private var bodyDigest: String?
    private var contents: [ContentKind: Digest] = [:]
    private let isRefused: Bool
    /// What no gateway writes.
    private var oddities: [String] = []

    /// - Returns: `nil` where its first record is older than the sealed log.
    ///
    /// - Parameter direction: whose request and dataset it has; what came in is never replaced.
    init?(_ events: [NumberedEvent], direction: Direction) {
        guard let first = events.first, first.event.written != nil else { return nil }
        isRefused = first.event.state == .refused
        for numbered in events {
            // A note about it changes nothing in its row.
            guard let text = numbered.event.written else { continue }
            guard let written = WrittenWith(text) else {
                oddities.append("what event \(numbered.number) says was written is none of this program's")
                continue
            }
            let fixed: [ContentKind] = direction == .inbound ? [.request, .dataset] : [.dataset]
            for kind in fixed where contents[kind] != nil && written.contents[kind] != nil {
                oddities.append("event \(numbered.number) replaces \(kind.rawValue)")
            }
            (state, detail, updatedAt) = (numbered.event.state, numbered.event.detail, numbered.event.at)
            switch written.attempts {
            case .oneMore: attempts += 1
            case .same: break
            case .none: attempts = 0
            }
            signer = written.signer ?? signer
            bodyDigest = written.bodyDigest ?? bodyDigest
            contents.merge(written.contents) { _, new in new }
        }
    }

    func differences(from logged: LoggedMessage) -> [String] {
        let message = logged.message
        var differences = oddities
        func compare<Value: Equatable>(_ name: String, _ row: Value, _ records: Value) {
            if row != records {
                differences.append("its row has the \(name) \(MessageHistory.text(row)), its records have \(MessageHistory.text(records))")
            }
        }
        compare("state", message.state, state)
        compare("detail", message.detail, detail)
        compare("time of its last change", message.updatedAt, updatedAt)
        compare("number of tries", message.attempts, attempts)
        compare("signer", message.signer, signer)
        compare("digest of the Body", message.bodyDigest, bodyDigest)
        compare("key of its certificate's number", logged.numberKey, message.certificateNumber.map(NumberKey.key))
        compare("claim on its id", logged.claims, !isRefused)
        if !message.state.isFinal, !logged.isToBeDone {
            differences.append("it is \(message.state.rawValue), but what is to be done about it was removed")
        }
        if message.state.isFinal, logged.isToBeDone { differences.append("it is \(message.state.rawValue), and work about it was put in") }
        return differences
    }

    /// - Parameter kept: of the bytes as they are now.
    func differences(from kept: [ContentKind: Digest]) -> [String] {
        ContentKind.allCases.compactMap { kind in
            switch (kept[kind], contents[kind]) {
            case (nil, nil): nil
            case (nil, _): "\(kind.rawValue) was removed"
            case (_, nil): "\(kind.rawValue) was put in"
            case (let now?, let then?): now == then ? nil : "\(kind.rawValue) was changed"
            }
        }
    }

    private static func text(_ value: some Equatable) -> String {
        switch value {
        case let state as TransportState: state.rawValue
        case let text as String?: text.map { "'\($0.prefix(200))'" } ?? "none"
        default: "\(value)"
        }
    }
}
