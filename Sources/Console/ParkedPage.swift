internal import Exchanges
internal import Stores

extension Console {
    private static let most = 200

    /// What waits for a person, with what the other end said.
    func parked(_ user: ConsoleUser) async throws -> ConsolePage {
        var query = MessageQuery(limit: Console.most)
        query.state = .parked
        let asked = query
        let messages = try await store.read { try $0.messages(asked) }
        return render(
            Content(messages: messages.map { Row($0, user) }, isCut: messages.count == Console.most, mayChange: user.mayChange), "parked",
            title: "Parked", user)
    }

    private struct Content {
        let messages: [Row]
        let isCut: Bool
        let mayChange: Bool
    }

    private struct Row {
        let id: String
        let address: String
        let at: String
        let partner: String
        let operation: String
        let number: String
        let direction: String
        let attempts: String
        let detail: String
        let mayChange: Bool

        init(_ message: StoredMessage, _ user: ConsoleUser) {
            id = message.id
            address = ConsoleAddress.message(message.id)
            at = message.updatedAt.second
            partner = message.partner
            operation = message.operation
            number = message.certificateNumber ?? message.messageID
            direction = message.direction == .inbound ? "to the JSON gateway" : "to \(message.partner)"
            attempts = "\(message.attempts)"
            detail = message.detail ?? ""
            mayChange = user.mayChange
        }
    }

    /// What a form asks for. Only an operator's is done, and it is recorded whose it was.
    ///
    /// - Returns: the message's page; `nil` where there is no such message.
    public func change(_ change: ConsoleChange, _ id: String, by user: ConsoleUser) async throws -> ConsolePage? {
        guard user.mayChange else {
            return render(
                Notice(title: "Not allowed", text: "Your role is viewer; an operator may do this."), "notice", title: "Not allowed", user,
                status: 403)
        }
        guard let message = try await store.read({ try $0.message(id: id) }) else { return nil }
        guard message.state == .parked else {
            return render(
                Notice(title: "Not parked", text: "The message is \(message.state.rawValue) now; somebody else may have been faster."),
                "notice",
                title: "Not parked", user, status: 409)
        }
        switch change {
        case .retry: _ = try await gateway.retry(message, because: "by hand", by: user.name)
        case .abandon(let reason): _ = try await gateway.abandon(message, because: reason, by: user.name)
        }
        return try await self.message(id, user)
    }
}

public enum ConsoleChange: Sendable {
    case retry
    case abandon(because: String)
}
