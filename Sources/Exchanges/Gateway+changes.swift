internal import Logging
internal import Stores

extension Gateway {
    /// Records what somebody who runs the gateway did, for the sealed log. Where the store is away there is a line in the log alone.
    ///
    /// - Parameter action: a word that is never changed.
    public func noteChange(_ action: String, _ detail: String, by actor: String) async {
        let note = ChangeNote(at: clock().text, actor: actor, action: action, detail: detail)
        do { try await store.write { try $0.note(note) } } catch {
            logger.error("change could not be recorded", metadata: ["action": "\(action)", "by": "\(actor)", "error": "\(error)"])
        }
    }
}
