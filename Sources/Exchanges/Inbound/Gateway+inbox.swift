public import Stores
internal import XML

/// The inbox: how a JSON gateway takes messages that is not pushed to.
extension Gateway {
    /// The messages next in turn, for nobody else until the lease ends. What comes behind one of them in its lane comes later.
    ///
    /// - Parameters:
    ///   - lease: seconds; what is not acknowledged by then is given out again.
    ///   - wait: seconds to wait for a first message.
    public func takeFromInbox(limit: Int, lease: Int, wait: Int) async throws -> [StoredMessage] {
        let end = ContinuousClock.now + .seconds(wait)
        while true {
            let now = clock()
            let until = Lease(owner: LocalID.make(), until: now.adding(seconds: Int64(lease)).text)
            let taken = try await store.write { transaction in
                try transaction.takeWork(.inbound, now: now.text, lease: until, limit: limit, except: []).filter { message in
                    // Work may be left of a message that is done.
                    if message.state != .accepted { try transaction.endWork(message.sequence) }
                    return message.state == .accepted
                }
            }
            guard taken.isEmpty, ContinuousClock.now < end, !stopSign.isUp else { return taken }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Records that the JSON gateway, which pulls, has taken a message from the inbox.
    public func acknowledge(_ message: StoredMessage) async throws -> StoredMessage {
        let now = clock().text
        return try await store.write { transaction in
            guard let current = try transaction.message(id: message.id) else { return message }
            guard current.state == .accepted else {
                if current.state == .delivered { try transaction.endWork(current.sequence) }
                return current
            }
            try transaction.update(
                current.sequence, MessageChange(.delivered, detail: "acknowledged by the JSON gateway"), at: now)
            try transaction.endWork(current.sequence)
            return try transaction.message(id: message.id) ?? message
        }
    }
}
