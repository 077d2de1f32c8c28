internal import CZlib
internal import Foundation

/// Reads an archive line by line, and tells when it is not whole.
struct ArchiveReader {
    let path: String

    /// No line is longer: a message with all its bytes, many times over.
    private static let longest = 1 << 30

    /// - Returns: how much it holds; what the archive itself says of that is true when this returns.
    /// - Throws: `StoreError` that says what is wrong with it, or what `body` throws.
    @discardableResult
    func read(_ body: (ArchiveLine) throws -> Void) throws -> ArchiveCounts {
        guard let file = gzopen(path, "rb") else { throw StoreError("\(path) cannot be read: \(String(cString: strerror(errno)))") }
        defer { gzclose(file) }
        // Anything else would be passed on as it is.
        guard gzbuffer(file, 1 << 18) == 0, gzdirect(file) == 0 else { throw StoreError("\(path) is no archive: it is not in gzip format") }
        let decoder = JSONDecoder()
        var counts = ArchiveCounts()
        var number = 0
        var end: ArchiveCounts?
        while let bytes = try line(file) {
            number += 1
            guard let line = try? decoder.decode(ArchiveLine.self, from: bytes) else {
                throw StoreError("\(path) cannot be read: line \(number) is none of an archive's")
            }
            if number == 1 {
                guard let format = line.archive?.format else { throw StoreError("\(path) is no archive of this program") }
                guard format >= ArchiveLine.oldest else {
                    throw StoreError("\(path) was written by an older version; restore it with that one")
                }
                guard format <= ArchiveLine.format else { throw StoreError("\(path) was written by a newer version of this program") }
                continue
            }
            guard end == nil else { throw StoreError("\(path) goes on after its end, at line \(number)") }
            end = line.end
            counts.count(line)
            try body(line)
        }
        guard let end else { throw StoreError("\(path) is not whole: its end is missing after line \(number)") }
        guard end == counts else { throw StoreError("\(path) is not whole: it holds \(counts.messages) of \(end.messages) messages") }
        return counts
    }

    private func line(_ file: gzFile) throws -> Data? {
        var line = Data()
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        while gzgets(file, &buffer, Int32(buffer.count)) != nil {
            // JSON holds no zero byte.
            let count = buffer.firstIndex(of: 0) ?? buffer.count
            buffer.withUnsafeBytes { line.append(contentsOf: $0.prefix(count)) }
            if line.last == UInt8(ascii: "\n") { return line }
            guard line.count < ArchiveReader.longest else { throw StoreError("\(path) cannot be read: a line is too long") }
        }
        var status = Z_OK
        let text = gzerror(file, &status).map { String(cString: $0) } ?? ""
        guard status == Z_OK || status == Z_STREAM_END, line.isEmpty else {
            throw StoreError("\(path) is damaged or cut off: \(text.isEmpty ? "its last line is not whole" : text)")
        }
        return nil
    }
}
