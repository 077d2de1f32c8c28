internal import CPostgreSQL
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Everything in one PostgreSQL database, which any number of replicas share.
public final class PostgreSQLStore: MessageStore {
    private let url: String
    private let writers: [PostgreSQLSession]
    private let readers: [PostgreSQLSession]
    private let writing: WriteQueue
    private let reading: WriteQueue

    /// Of replicas that start at once, one makes the tables or brings them to the newest step.
    ///
    /// - Parameters:
    ///   - url: as libpq reads it.
    ///   - connections: for writing, and as many for reading.
    ///   - isPatient: statements may take long; for commands that go through whole tables.
    public init(url: String, connections: Int = 4, isPatient: Bool = false, upgrade: SchemaUpgrade = .done { _ in }) throws {
        self.url = url
        writers = (0..<connections).map { _ in PostgreSQLSession(url: url, isPatient: isPatient) }
        readers = (0..<connections).map { _ in PostgreSQLSession(url: url, isReading: true, isPatient: isPatient) }
        writing = WriteQueue(writers, gathers: true)
        reading = WriteQueue(readers)
        try PostgreSQLSession(url: url, isPatient: true).with { connection in
            try connection.script("SELECT pg_advisory_lock(\(SQLSchema.migrationLock))")
            defer { try? connection.script("SELECT pg_advisory_unlock(\(SQLSchema.migrationLock))") }
            try connection.script("BEGIN")
            do {
                try SQLMigration.run(connection, upgrade, now: Date.now.formatted(.iso8601)) { try connection.script($0) }
                try connection.script(SQLSchema.nextMonths)
                try connection.script("COMMIT")
            } catch {
                try? connection.script("ROLLBACK")
                throw error
            }
        }
    }

    public var isShared: Bool { true }

    public func write<Value: Sendable>(
        _ place: WritePlace, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await writing.write(place) { try body(SQLTransaction($0)) }
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any StoreReading) throws -> Value) async throws -> Value {
        try await reading.write(.elsewhere) { try body(SQLReading($0)) }
    }

    /// LISTEN on a connection of its own; while it is away, those who poll find the work a little later.
    public func watch(_ queued: @escaping @Sendable (Direction) -> Void) async {
        while !Task.isCancelled {
            let stop = Mutex(false)
            let listening = Listening(url: url)
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let thread = Thread {
                        listening.run(queued) { stop.withLock { $0 } }
                        continuation.resume()
                    }
                    thread.name = "postgresql listen"
                    thread.start()
                }
            } onCancel: {
                stop.withLock { $0 = true }
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    public func close() async {
        for session in writers + readers { session.close() }
    }
}

/// Waits on the socket of one connection, a moment at a time.
private struct Listening {
    let url: String

    func run(_ queued: (Direction) -> Void, until isStopped: () -> Bool) {
        guard let connection = try? PostgreSQLConnection(url: url), (try? connection.script("LISTEN \(SQLTransaction.channel)")) != nil
        else {
            return
        }
        var poller = pollfd(fd: PQsocket(connection.handle), events: Int16(POLLIN), revents: 0)
        var prepared = ContinuousClock.now
        while !isStopped(), !connection.isBroken {
            if ContinuousClock.now - prepared > .seconds(3600) {
                try? connection.script(SQLSchema.nextMonths)
                prepared = .now
            }
            guard poll(&poller, 1, 250) > 0 else { continue }
            guard PQconsumeInput(connection.handle) == 1 else { return }
            while let notification = PQnotifies(connection.handle) {
                if let direction = Direction(rawValue: String(cString: notification.pointee.extra)) { queued(direction) }
                PQfreemem(notification)
            }
        }
    }
}
