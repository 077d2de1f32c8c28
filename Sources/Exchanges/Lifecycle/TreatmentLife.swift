internal import XML

/// The treatment axis: what the importing side decided, by the facts alone. The latest decision wins, item by item; all are kept.
public struct TreatmentLife: Hashable, Sendable {
    /// For items that no decision names.
    public let whole: Treatment
    /// By the numbers of items that decisions name.
    public let items: [Int: Treatment]

    public init(_ facts: some Sequence<CertificateFact>) {
        var decisions: [TreatmentDecision] = []
        for case .treated(let decision) in facts { decisions.append(decision) }
        decisions.sort { $0.at == $1.at ? $0.message < $1.message : $0.at < $1.at }
        var whole = Treatment.none
        var items: [Int: Treatment] = [:]
        for item in decisions.flatMap(\.items) {
            guard let sequence = item.sequence else {
                whole = item.treatment
                for known in items.keys { items[known] = item.treatment }
                continue
            }
            items[sequence] = item.treatment
        }
        self.whole = whole
        self.items = items
    }

    /// Whether preference is given for any of it, now.
    public var isGiven: Bool { ([whole] + items.values).contains { [.granted, .partial].contains($0) } }

    /// One word for all; `MIXED` where items differ.
    public var summary: String {
        let named = Set(items.values)
        if named.isEmpty { return whole.rawValue }
        guard named.count == 1, let only = named.first, whole == .none || whole == only else { return "MIXED" }
        return only.rawValue
    }
}
