internal import Foundation
internal import Stores

/// Where messages are kept.
enum StoreSettings {
    case sqlite(path: String)
    case postgresql(url: String, connections: Int)

    init(_ file: SettingsFile) {
        let connections = file.number("store.connections", or: 4, in: 1...100)
        guard let url = file.text("store.postgresql") else {
            self = .sqlite(path: file.resolve(file.text("store.sqlite", or: "var/coconect.sqlite")))
            return
        }
        if file.isSet("store.sqlite") {
            file.note("store names both sqlite and postgresql", key: "store.sqlite", help: "keep one of them")
        }
        self = .postgresql(url: url, connections: connections)
    }

    /// Opens it, or makes it.
    ///
    /// - Parameters:
    ///   - isPatient: for what goes through all that it holds.
    ///   - upgrade: of tables that an earlier version made. Only who is asked to brings them to the newest step: earlier versions would
    ///     not start any more, so a command that looks into the store of a running gateway must not.
    func open(isPatient: Bool = false, upgrade: SchemaUpgrade = .refused) throws -> any MessageStore {
        do {
            return try connect(isPatient: isPatient, upgrade: upgrade)
        } catch let error as SchemaError where !error.isNewer {
            throw CommandError(
                error.description, place: place,
                help:
                    "back it up with the earlier version, then coconect-soap store upgrade; the gateway does that too when it starts"
            )
        } catch {
            throw CommandError("the store cannot be opened: \(error)", place: place)
        }
    }

    /// As `open`, with the store's own errors.
    func connect(isPatient: Bool = false, upgrade: SchemaUpgrade) throws -> any MessageStore {
        switch self {
        case .sqlite(let path):
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for place in [folder, path, path + "-wal"] where access(place, F_OK) == 0 && access(place, W_OK) != 0 {
                throw StoreError("\(place) cannot be written: \(String(cString: strerror(errno)))")
            }
            return try SQLiteStore(path: path, upgrade: upgrade)
        case .postgresql(let url, let connections):
            return try PostgreSQLStore(url: url, connections: connections, isPatient: isPatient, upgrade: upgrade)
        }
    }

    /// A command that looks into a store makes none where its path is wrong.
    func checkThatItIsThere() throws {
        guard case .sqlite(let path) = self, !FileManager.default.fileExists(atPath: path) else { return }
        throw CommandError("there is no store", place: path, help: "the gateway makes it at its first start; see store.sqlite")
    }

    /// For people; without a password.
    var place: String {
        switch self {
        case .sqlite(let path): path
        case .postgresql(let url, _):
            URLComponents(string: url).flatMap { parts in
                guard ["postgresql", "postgres"].contains(parts.scheme), let host = parts.host else { return nil }
                return "postgresql://\(host)\(parts.port.map { ":\($0)" } ?? "")\(parts.path)"
            } ?? "PostgreSQL"
        }
    }
}
