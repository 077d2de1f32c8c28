/// What two lists of the same exchange say differently.
public struct Reconciliation: Sendable {
    public struct Finding: Sendable, Hashable, Encodable {
        public let kind: Kind
        public let messageID: String
        public let sender: String
        public let operation: String?
        public let time: String?
        public let text: String
    }

    public enum Kind: String, Sendable, Hashable, Encodable, CaseIterable {
        /// The partner has our receipt for it or sent it; we have none such.
        case missingHere
        /// We gave, or got, a receipt for it; the partner does not list it.
        case missingThere
        /// As `missingThere`, but so near to the edge of the time that it may stand in the partner's next list.
        case atEdge
        /// The same id, other content.
        case differs
        /// The partner has it; its receipt has not reached us.
        case receiptMissing
        /// The partner has it from us; we never sent it.
        case notOurs
    }

    public let findings: [Finding]
    /// Messages on which both lists agree.
    public let agreed: Int

    public var isGood: Bool { findings.allSatisfy { $0.kind == .atEdge } }

    /// - Parameters:
    ///   - ours: what our store has of the time.
    ///   - theirs: the partner's list.
    ///   - us: our country.
    ///   - isAtEdge: whether a time is so near to the edges that clocks decide.
    ///   - known: what our store has of any time.
    public init(
        ours: [ExchangeEntry], theirs: [ExchangeEntry], us: String, isAtEdge: (String) -> Bool,
        known: (ExchangeEntry) throws -> ExchangeEntry?
    ) rethrows {
        var findings: [Finding] = []
        var agreed = 0
        let listed = Set(theirs.map(\.key))
        var seen: Set<ExchangeEntry> = []
        for entry in theirs where seen.insert(entry).inserted {
            guard let mine = try known(entry) else {
                if entry.sender == us {
                    findings.append(Finding(.notOurs, entry, "the partner has it as ours, and this gateway never sent it"))
                } else if entry.isReceipted != false {
                    findings.append(Finding(.missingHere, entry, "the partner says that we have it; ask for it again, under the same id"))
                }
                continue
            }
            if let difference = entry.difference(from: mine) {
                findings.append(Finding(.differs, entry, difference))
            } else if mine.isReceipted == false, entry.sender == us, entry.isReceipted != false {
                findings.append(Finding(.receiptMissing, entry, "the partner has it; send it again (messages retry) to get its receipt"))
            } else {
                agreed += 1
            }
        }
        for mine in ours where mine.isReceipted == true && !listed.contains(mine.key) {
            let edge = mine.time.map(isAtEdge) ?? false
            let text =
                mine.sender == us
                ? "the partner gave its receipt, and does not list it; show the receipt"
                : "we gave our receipt, and the partner does not list it"
            findings.append(Finding(edge ? .atEdge : .missingThere, mine, edge ? text + " (at the edge of the time)" : text))
        }
        self.findings = findings
        self.agreed = agreed
    }
}

extension Reconciliation.Finding {
    fileprivate init(_ kind: Reconciliation.Kind, _ entry: ExchangeEntry, _ text: String) {
        self.init(
            kind: kind, messageID: entry.messageID, sender: entry.sender, operation: entry.operation, time: entry.time, text: text)
    }
}

extension ExchangeEntry {
    fileprivate struct Key: Hashable {
        let messageID: String
        let sender: String
    }

    fileprivate var key: Key { Key(messageID: messageID, sender: sender) }

    /// What each list has is compared; a digest that one of them lacks is not.
    fileprivate func difference(from mine: ExchangeEntry) -> String? {
        func differ(_ one: String?, _ other: String?) -> Bool {
            guard let one, let other else { return false }
            return one != other
        }
        if differ(contentDigest, mine.contentDigest) { return "its content is not the same on both sides" }
        // Where the content is the same, another try may have been written otherwise.
        if contentDigest == nil, differ(bodyDigest, mine.bodyDigest) { return "the digest of its Body is not the same on both sides" }
        if differ(operation, mine.operation) { return "here it is \(mine.operation ?? ""), there \(operation ?? "")" }
        return nil
    }
}
