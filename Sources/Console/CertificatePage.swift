internal import Exchanges

extension Console {
    /// A certificate of origin: its states and every message about it.
    func certificate(_ number: String, _ user: ConsoleUser) async throws -> ConsolePage? {
        let found = try await gateway.certificates(number: number)
        guard !found.certificates.isEmpty else { return nil }
        return render(
            Content(number: number, warning: found.warning, certificates: found.certificates.map(Row.init)), "certificate", title: number,
            user)
    }

    private struct Content {
        let number: String
        let warning: String?
        let certificates: [Row]
    }

    private struct Row {
        let number: String
        let partner: String
        let partnerAddress: String
        let side: String
        let state: String
        let isExpired: Bool
        let version: String?
        let replacedBy: String?
        let replacedByAddress: String
        let openNotification: String?
        let treatment: String
        let items: [Item]
        let updatedAt: String
        let list: String

        struct Item {
            let item: String
            let treatment: String
        }

        init(_ view: CertificateView) {
            number = view.number
            partner = view.partner
            partnerAddress = ConsoleAddress.partner(view.partner)
            side = view.side == .inbound ? "issued there, comes in" : "issued here, goes out"
            state = view.state
            isExpired = view.isExpired
            version = view.version
            replacedBy = view.replacedBy
            replacedByAddress = ConsoleAddress.certificate(view.replacedBy ?? "")
            openNotification = view.openNotification
            treatment = view.treatment
            items = view.treatmentByItem.sorted { (Int($0.key) ?? 0, $0.key) < (Int($1.key) ?? 0, $1.key) }.map {
                Item(item: $0.key, treatment: $0.value)
            }
            updatedAt = view.updatedAt.second
            list = Templates.render(MessageList(view.messages.reversed()), "list")
        }
    }
}
