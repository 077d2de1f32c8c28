internal import Stores
internal import Trust
internal import XMLSignature

/// What was moved to archives, by the notes of who moved it.
struct RetiredRecords: Sendable {
    let messages: [ClosedRange<Int64>]
    let certificates: [ClosedRange<Int64>]
    /// For a person, who knows which archives there are.
    let notes: [String]
    /// Of all such notes, those too that wait for a seal.
    let count: Int

    /// - Parameter signers: certificates that the gateway signs with, or did.
    init(_ reading: any StoreReading, signers: [Certificate]) throws {
        // Only a note that is under a seal, or will be, excuses anything.
        let waiting = Set(try reading.unsealed(limit: .max).map(\.key))
        let all = try reading.changes(Retirement.action)
        count = all.count
        let sealed = all.filter { $0.sequence > 0 && !waiting.contains(LogKey(.change, $0.sequence)) }
        let found = sealed.map { change in
            (change.note, Retirement(change.note).flatMap { RetiredRecords.isSigned($0, change.note, signers) ? $0 : nil })
        }
        messages = found.flatMap { $1?.messages ?? [] }
        certificates = found.flatMap { $1?.certificates ?? [] }
        notes = found.map { note, retirement in
            "\(note.at): \(note.actor) moved \(note.detail.prefix(400))"
                + (retirement == nil ? ", which is not signed by the gateway and excuses nothing" : "")
        }
    }

    private static func isSigned(_ retirement: Retirement, _ note: ChangeNote, _ signers: [Certificate]) -> Bool {
        guard let signature = retirement.signature else { return false }
        let text = retirement.signedText(by: note.actor, at: note.at)
        return signers.contains { signer in
            text.withUnsafeBytes { signer.publicKey.verifies(signature, of: $0, by: signer.publicKey.kind.algorithm) }
        }
    }
}
