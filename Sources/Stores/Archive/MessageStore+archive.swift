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
            for refusal in try reading.refusals(limit: Int(RefusalNote.kept)).reversed() { try writer.write(ArchiveLine(refusal: refusal)) }
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
            guard try transaction.size(.all) == 0, try transaction.certificatePositions(.all, after: 0, limit: 1).isEmpty else {
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
                if let refusal = line.refusal { try transaction.noteRefusal(refusal) }
            }
            try transaction.endRestore()
            return restored
        }
    }

    /// Writes what is finished of a time to an archive, and removes it once the archive was read again from the disk.
    ///
    /// - Returns: how much it was; where it was nothing, no archive is made.
    public func retire(
        from: String, to: String, archive path: String, at now: String, progress: @escaping ArchiveProgress
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
        var certificates: [CertificateRecord] = []
        let counts = try ArchiveReader(path: path).read { line in
            if let message = line.message?.message { messages.append(message) }
            if let certificate = line.certificate?.certificate { certificates.append(certificate) }
        }
        for start in stride(from: 0, to: messages.count, by: atOnce) {
            let some = Array(messages[start..<min(start + atOnce, messages.count)])
            try await write { transaction in
                for message in some { try transaction.remove(message: message.sequence) }
            }
            progress(messages.count + start + some.count, 2 * messages.count)
        }
        let archived = certificates
        try await write { transaction in
            for certificate in archived where try transaction.certificate(certificate.key) == certificate {
                try transaction.remove(certificate: certificate.sequence)
            }
            try transaction.endRemoval(before: to)
        }
        return counts
    }

    /// Messages removed in one transaction.
    private var atOnce: Int { 200 }
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
