internal import Foundation
internal import Synchronization

/// A real server on loopback, started by the first test that needs it and stopped at the end of all.
public final class PostgreSQLServer: Sendable {
    /// - Throws: what the script that starts it said.
    public static let shared = Result { try PostgreSQLServer() }

    private let folder: String
    private let port: Int
    private let databases = Atomic<Int>(0)

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("coconect-postgresql-\(getpid())").path
        var port = 0
        // Another program may have taken the port.
        for attempt in 1...5 {
            port = Int.random(in: 20_000..<30_000)
            do {
                try PostgreSQLServer.script("start", folder, "\(port)")
                break
            } catch  where attempt < 5 {}
        }
        self.port = port
        atexit {
            guard case .success(let server) = PostgreSQLServer.shared else { return }
            try? PostgreSQLServer.script("stop", server.folder)
            try? FileManager.default.removeItem(atPath: server.folder)
        }
    }

    private static func script(_ arguments: String...) throws {
        let (status, output) = try judge(Repository.root.appendingPathComponent("Scripts/postgresql").path, arguments)
        guard status == 0 else { throw Failed(output: output) }
    }

    struct Failed: Error {
        let output: String
    }

    /// The URL of a new, empty database.
    public func database() throws -> String {
        let name = "test\(databases.add(1, ordering: .relaxed).newValue)"
        let (status, output) = try judge("psql", ["-q", "-c", "CREATE DATABASE \(name)", url("postgres")])
        guard status == 0 else { throw Failed(output: output) }
        return url(name)
    }

    private func url(_ database: String) -> String { "postgresql://coconect@127.0.0.1:\(port)/\(database)" }
}
