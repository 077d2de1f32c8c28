/// Told how many of how many messages are done.
public typealias ArchiveProgress = @Sendable (_ done: Int, _ total: Int) -> Void

extension MessageStore {
    /// Writes all that the store holds, as it is at one moment, while gateways go on.
    ///
    /// - Parameters:
    ///   - path: a file that is not there yet.
    ///   - now: RFC 3339 UTC.
    public func backUp(to path: String, at now: String, progress: @escaping ArchiveProgress) async throws -> ArchiveCounts {
        try await read { reading in
            let writer = try ArchiveWriter(path: path, at: now)
            try writer.write(.all, from: reading, progress: progress)
            try writer.writeLog(from: reading)
            return try writer.finish()
        }
    }

    /// Fills an empty store with what an archive holds: all of it or, where the archive is not whole, nothing.
    ///
    /// - Throws: `StoreError`, also where the store is not empty.
    public func restore(from path: String, progress: @escaping ArchiveProgress) async throws -> ArchiveCounts {
        let reader = ArchiveReader(path: path)
        let counts = try reader.read { _ in }
        return try await write { transaction in
            let isEmpty = try transaction.size(.all) == 0 && transaction.certificatePositions(.all, after: 0, limit: 1).isEmpty
            guard try isEmpty && transaction.changes(before: nil, limit: 1).isEmpty && transaction.sealingState().seals == 0 else {
                throw StoreError("the store is not empty; restore into a new one")
            }
            var done = 0
            let restored = try reader.read { line in
                if let message = line.message {
                    try transaction.restore(message)
                    done += 1
                    progress(done, counts.messages)
                }
                if let certificate = line.certificate { try transaction.restore(certificate) }
                if let refusal = line.refusal { try transaction.restore(refusal) }
                if let change = line.change { try transaction.restore(change) }
                if let seal = line.seal { try transaction.restore(seal) }
                if let unsealed = line.unsealed { try transaction.restore(unsealed) }
                if let tally = line.tally { try transaction.restore(tally) }
            }
            try transaction.endRestore()
            return restored
        }
    }

    /// Writes what is finished of a time to an archive, and removes it once the archive was read again from the disk. The sealed log
    /// keeps the digests of what is removed, and a record of who removed it.
    ///
    /// - Parameters:
    ///   - actor: who does it.
    ///   - sign: with the gateway's key: the record excuses that the rest is missing.
    /// - Returns: how much it was; where it was nothing, no archive is made.
    public func retire(
        from: String, to: String, archive path: String, by actor: String, at now: String, sign: Retirement.Signer,
        progress: @escaping ArchiveProgress
    ) async throws -> ArchiveCounts {
        let selection = ArchiveSelection.finished(from: from, to: to)
        let isEmpty = try await read { reading in
            let messages = try reading.positions(selection, after: 0, limit: 1)
            return try messages.isEmpty && reading.certificatePositions(selection, after: 0, limit: 1).isEmpty
        }
        guard !isEmpty else { return ArchiveCounts() }
        _ = try await read { reading in
            let writer = try ArchiveWriter(path: path, at: now)
            try writer.write(selection, from: reading) { progress($0, 2 * $1) }
            return try writer.finish()
        }
        // Only what stands in the archive is removed, whatever has changed since.
        var messages: [StoredMessage] = []
        var certificates: [ArchivedCertificate] = []
        let counts = try ArchiveReader(path: path).read { line in
            if let message = line.message?.message { messages.append(message) }
            if let certificate = line.certificate { certificates.append(certificate) }
        }
        for start in stride(from: 0, to: messages.count, by: atOnce) {
            let some = Array(messages[start..<min(start + atOnce, messages.count)])
            let note = try await Retirement(messages: some.map(\.sequence), archive: path).note(by: actor, at: now, sign: sign)
            try await write { transaction in
                for message in some { try transaction.remove(message: message.sequence) }
                try transaction.note(note)
            }
            progress(messages.count + start + some.count, 2 * messages.count)
        }
        let archived = certificates
        let over = try await read { reading in
            try archived.filter { try reading.certificate($0.certificate.key) == $0.certificate }
        }
        let note =
            over.isEmpty
            ? nil : try await Retirement(certificates: over.map(\.certificate.sequence), archive: path).note(by: actor, at: now, sign: sign)
        try await write { transaction in
            // One about which something was said meanwhile stays, with all others: the note is about them together.
            if let note, try over.allSatisfy({ try transaction.isOver($0, at: now) }) {
                for certificate in over { try transaction.remove(certificate: certificate.certificate.sequence) }
                try transaction.note(note)
            }
            try transaction.endRemoval(before: to)
        }
        return counts
    }

    /// Messages removed in one transaction.
    private var atOnce: Int { 200 }
}

extension StoreTransaction {
    /// Whether nothing was said about a certificate since it was archived, and nothing is to be sent or handed on; so it stays until the
    /// transaction ends.
    fileprivate func isOver(_ archived: ArchivedCertificate, at now: String) throws -> Bool {
        let (key, lane) = (archived.certificate.key, archived.certificate.sequence)
        guard try certificate(key) != nil, try lockCertificate(key, at: now) == archived.certificate,
            try facts(of: lane) == archived.facts.map(\.fact)
        else { return false }
        return try Direction.allCases.allSatisfy { try lastPlace($0, lane: lane) == nil && awaiting($0, lane: lane).isEmpty }
    }
}

extension ArchiveWriter {
    fileprivate func write(_ selection: ArchiveSelection, from reading: any StoreReading, progress: ArchiveProgress) throws {
        let total = try reading.size(selection)
        var done = 0
        for position in try all({ try reading.positions(selection, after: $0, limit: $1) }) {
            guard let message = try reading.archived(message: position) else { continue }
            try write(ArchiveLine(message: message))
            done += 1
            progress(done, max(total, done))
        }
        for position in try all({ try reading.certificatePositions(selection, after: $0, limit: $1) }) {
            if let certificate = try reading.archived(certificate: position) { try write(ArchiveLine(certificate: certificate)) }
        }
    }

    /// What belongs to no message and no certificate.
    fileprivate func writeLog(from reading: any StoreReading) throws {
        var last: Int64 = 0
        while case let seals = try reading.seals(after: last, limit: 16), let final = seals.last {
            for seal in seals { try write(ArchiveLine(seal: seal)) }
            last = final.number
        }
        for record in try reading.unsealed(limit: .max) { try write(ArchiveLine(unsealed: record)) }
        for tally in try reading.tallies(from: "", to: "9999") { try write(ArchiveLine(tally: tally)) }
        for kind in [LogKind.refusal, .change] {
            for block in try reading.recordCounts(kind).keys.sorted() {
                let positions = try reading.recordKeys(kind, block: block).map(\.subject)
                if kind == .refusal {
                    for refusal in try reading.refusals(at: positions) { try write(ArchiveLine(refusal: refusal)) }
                } else {
                    for change in try reading.changes(at: positions) { try write(ArchiveLine(change: change)) }
                }
            }
        }
    }

    /// Positions, page by page.
    private func all(_ page: (_ after: Int64, _ limit: Int) throws -> [Int64]) throws -> [Int64] {
        var positions: [Int64] = []
        while true {
            let next = try page(positions.last ?? 0, 5000)
            guard !next.isEmpty else { return positions }
            positions += next
        }
    }
}
