import Foundation
import Stores
import Synchronization

/// The memory store with the least that durability can cost beside it: each transaction writes as many bytes as a message has to a
/// file that is large enough already, over and over, and waits for the disk once. No database does less.
final class DiskFloor: MessageStore {
    private let memory = MemoryStore()
    private let file: Int32
    private let bytes: [UInt8]
    private let written = Mutex(0)

    /// - Parameter bytes: what one transaction writes.
    init(path: String, bytes: Int) throws {
        self.bytes = [UInt8](repeating: 0x2A, count: bytes)
        file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw BenchmarkError("\(path): \(String(cString: strerror(errno)))") }
        for _ in 0..<DiskFloor.places { _ = Glibc.write(file, self.bytes, bytes) }
        fsync(file)
    }

    deinit { Glibc.close(file) }

    func write<Value: Sendable>(
        _ place: WritePlace, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        let value = try await memory.write(place, body)
        let turn = written.withLock { count in
            count += 1
            return count % DiskFloor.places
        }
        guard pwrite(file, bytes, bytes.count, off_t(turn * bytes.count)) == bytes.count, fdatasync(file) == 0 else {
            throw BenchmarkError(String(cString: strerror(errno)))
        }
        return value
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value {
        try await memory.read(body)
    }

    private static let places = 64
}
