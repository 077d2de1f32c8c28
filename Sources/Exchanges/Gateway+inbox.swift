public import Stores
internal import XML

extension Gateway {
    /// Records that the JSON gateway, which pulls, has taken a message from the inbox.
    public func acknowledge(_ message: StoredMessage) async throws -> StoredMessage {
        try await store.finish(message.id, WorkOutcome(.delivered, detail: "acknowledged by the JSON gateway"), at: clock().text)
        return try await store.message(id: message.id) ?? message
    }
}
