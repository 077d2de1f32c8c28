internal import Hummingbird
internal import NIOCore

/// A client did not send its body in time.
struct BodyTimeout: Error {}

extension RequestBody {
    /// The whole body, `nil` where it is larger than `limit`. What is too much is read and dropped, up to eight times the
    /// limit, so that a client that is still sending gets its answer.
    func bytes(upTo limit: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var count = 0
        for try await buffer in self {
            count += buffer.readableBytes
            guard count <= limit * 8 else { return nil }
            if count <= limit { bytes.append(contentsOf: buffer.readableBytesView) }
        }
        return count <= limit ? bytes : nil
    }

    /// As `bytes(upTo:)`; a body that stalls or trickles past `duration` ends in `BodyTimeout`.
    func bytes(upTo limit: Int, within duration: Duration) async throws -> [UInt8]? {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask { try await bytes(upTo: limit) }
            group.addTask {
                try await Task.sleep(for: duration)
                throw BodyTimeout()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
