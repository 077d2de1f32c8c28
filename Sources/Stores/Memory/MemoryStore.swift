internal import Synchronization

/// Everything in memory, for tests: the same promises, but for the disk.
public final class MemoryStore: MessageStore {
    private let records = Mutex(MemoryRecords())

    public init() {}

    public func write<Value: Sendable>(
        _ place: WritePlace, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try records.withLock { records in
            let transaction = MemoryTransaction(records)
            do { return try body(transaction) } catch {
                transaction.rollBack()
                throw error
            }
        }
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value {
        try records.withLock { try body(MemoryTransaction($0)) }
    }
}
