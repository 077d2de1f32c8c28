internal import CZlib
internal import Foundation

/// Writes an archive: one JSON value a line, compressed by gzip (RFC 1952). Until it is finished it has another name.
final class ArchiveWriter {
    private let path: String
    private let unfinished: String
    private let descriptor: Int32
    private var file: gzFile?
    private var counts = ArchiveCounts()
    private let encoder = JSONEncoder()

    /// Fast: most of it are the exact bytes of messages.
    private static let mode = "wb1"

    /// - Throws: `StoreError` where there is such a file already, or none can be made.
    init(path: String, at now: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { throw StoreError("\(path) is there already; name a new file") }
        self.path = path
        unfinished = path + ".part"
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Messages are nobody else's business.
        descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError("\(unfinished) cannot be written: \(String(cString: strerror(errno)))") }
        file = gzdopen(descriptor, ArchiveWriter.mode)
        try write(ArchiveLine(archive: ArchiveLine.Header(createdAt: now)))
    }

    deinit {
        guard let file else { return }
        gzclose(file)
        unlink(unfinished)
    }

    func write(_ line: ArchiveLine) throws {
        counts.count(line)
        var bytes = try encoder.encode(line)
        bytes.append(UInt8(ascii: "\n"))
        let count = bytes.count
        let written = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32(count)) }
        guard Int(written) == count else { throw failure }
    }

    /// The whole of it is on the disk, under its own name, when this returns.
    func finish() throws -> ArchiveCounts {
        try write(ArchiveLine(end: counts))
        // gzclose closes the descriptor; the other one waits for the disk.
        let duplicate = dup(descriptor)
        defer { close(duplicate) }
        let status = gzclose(file)
        file = nil
        guard status == Z_OK, fsync(duplicate) == 0, rename(unfinished, path) == 0 else {
            let failure = failure
            unlink(unfinished)
            throw failure
        }
        let folder = open(
            (path as NSString).deletingLastPathComponent.isEmpty ? "." : (path as NSString).deletingLastPathComponent, O_RDONLY)
        fsync(folder)
        close(folder)
        return counts
    }

    private var failure: StoreError { StoreError("\(unfinished) cannot be written: \(String(cString: strerror(errno)))") }
}
