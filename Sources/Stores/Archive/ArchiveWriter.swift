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
        descriptor = try ArchiveWriter.claim(unfinished)
        // Who held the lock before may have finished.
        guard !FileManager.default.fileExists(atPath: path) else {
            close(descriptor)
            throw StoreError("\(path) is there already; name a new file")
        }
        file = gzdopen(descriptor, ArchiveWriter.mode)
        try write(ArchiveLine(archive: ArchiveLine.Header(createdAt: now)))
    }

    deinit {
        guard let file else { return }
        unlink(unfinished)
        gzclose(file)
    }

    /// The file for this writer alone, empty; what an earlier one left when it was killed is taken over.
    private static func claim(_ path: String) throws -> Int32 {
        // Messages are nobody else's business.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError("\(path) cannot be written: \(String(cString: strerror(errno)))") }
        var (mine, there) = (stat(), stat())
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &mine) == 0, lstat(path, &there) == 0,
            mine.st_ino == there.st_ino, mine.st_dev == there.st_dev
        else {
            close(descriptor)
            throw StoreError("\(path) is being written by another command; wait for it, or name another file")
        }
        guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw StoreError("\(path) cannot be written: \(reason)")
        }
        return descriptor
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
        // Under the lock, which the duplicate holds.
        guard status == Z_OK, fsync(duplicate) == 0, access(path, F_OK) != 0, rename(unfinished, path) == 0 else {
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
