internal import Hummingbird
internal import NIOCore

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
}
