internal import Foundation

/// The scratch folder that `run` prepares: `identities/` and for each fuzzer a folder in `seeds/`.
public struct FuzzFolder: Sendable {
    private let url: URL

    public init(_ path: String) {
        url = URL(fileURLWithPath: path)
    }

    /// The folder that the environment names; a fuzzer's arguments are libFuzzer's.
    public static var current: FuzzFolder {
        guard let path = ProcessInfo.processInfo.environment["COCONECT_FUZZ"] else {
            fatalError("COCONECT_FUZZ must name the folder that Tests/Fuzz/run prepared")
        }
        return FuzzFolder(path)
    }

    public func read(_ path: String) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: url.appendingPathComponent(path)))
        } catch {
            fatalError("\(path) in the fuzzing folder cannot be read: \(error)")
        }
    }

    public func write(_ bytes: [UInt8], to path: String) throws {
        let file = url.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    /// Paths of the files in a folder whose names start so.
    public func files(_ folder: String, startingWith prefix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.appendingPathComponent(folder).path)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.sorted().map { folder + "/" + $0 }
    }
}
