internal import CZlib

/// Reads a ZIP archive that a stranger may have made: every size is checked before it is believed, and no name leads out of the archive.
public struct ZIPReader {
    /// In the order of the archive's directory.
    public let files: [(name: String, bytes: [UInt8])]

    public struct Defect: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private static let maximumFiles = 4096
    private static let endSize = 22

    /// - Parameter limit: bytes of all files together, unpacked.
    public init(_ archive: [UInt8], limit: Int) throws(Defect) {
        guard let end = ZIPReader.end(of: archive) else { throw Defect(description: "it is no ZIP archive") }
        let (count, size, start) = (archive.short(end + 10), archive.long(end + 12), archive.long(end + 16))
        guard count <= ZIPReader.maximumFiles, start + size <= end else {
            throw Defect(description: "its directory is broken, or has more than \(ZIPReader.maximumFiles) files")
        }
        var files: [(name: String, bytes: [UInt8])] = []
        var (position, left, packed) = (start, limit, archive.count)
        for _ in 0..<count {
            guard position + 46 <= end, archive.long(position) == 0x0201_4B50 else { throw Defect(description: "its directory is broken") }
            let entry = Entry(archive, at: position)
            position += 46 + entry.nameLength + entry.otherLength
            guard position <= end else { throw Defect(description: "its directory is broken") }
            let name = try ZIPReader.name(entry, archive)
            guard !files.contains(where: { $0.name == name }) else { throw Defect(description: "it has two files named \(name)") }
            guard entry.size <= left else { throw Defect(description: "its files have more than \(limit) bytes") }
            left -= entry.size
            // Entries that share their bytes would be unpacked again and again.
            packed -= entry.packedSize
            guard packed >= 0 else { throw Defect(description: "its files overlap") }
            if name.hasSuffix("/"), entry.size == 0 { continue }
            files.append((name, try ZIPReader.content(entry, archive, name)))
        }
        self.files = files
    }

    public subscript(name: String) -> [UInt8]? { files.first { $0.name == name }?.bytes }

    private struct Entry {
        let method: Int
        let checksum: Int
        let packedSize: Int
        let size: Int
        let nameLength: Int
        let otherLength: Int
        let offset: Int
        let nameStart: Int

        init(_ archive: [UInt8], at position: Int) {
            method = archive.short(position + 10)
            checksum = archive.long(position + 16)
            packedSize = archive.long(position + 20)
            size = archive.long(position + 24)
            nameLength = archive.short(position + 28)
            otherLength = archive.short(position + 30) + archive.short(position + 32)
            offset = archive.long(position + 42)
            nameStart = position + 46
        }
    }

    /// The end of the directory stands at the end of the archive, behind it at the most a comment.
    private static func end(of archive: [UInt8]) -> Int? {
        guard archive.count >= endSize else { return nil }
        let first = max(0, archive.count - endSize - 0xFFFF)
        return stride(from: archive.count - endSize, through: first, by: -1).first {
            archive.long($0) == 0x0605_4B50 && $0 + endSize + archive.short($0 + 20) == archive.count
        }
    }

    private static func name(_ entry: Entry, _ archive: [UInt8]) throws(Defect) -> String {
        let bytes = archive[entry.nameStart..<entry.nameStart + entry.nameLength]
        guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty, !name.hasPrefix("/"), !name.contains("\\"),
            !name.utf8.contains(where: { $0 < 0x20 }), !name.split(separator: "/").contains("..")
        else { throw Defect(description: "a file's name is empty, no UTF-8, or leads out of the archive") }
        return name
    }

    private static func content(_ entry: Entry, _ archive: [UInt8], _ name: String) throws(Defect) -> [UInt8] {
        let broken = Defect(description: "\(name) is broken")
        guard entry.offset + 30 <= archive.count, archive.long(entry.offset) == 0x0403_4B50 else { throw broken }
        let start = entry.offset + 30 + archive.short(entry.offset + 26) + archive.short(entry.offset + 28)
        guard start + entry.packedSize <= archive.count else { throw broken }
        let packed = Array(archive[start..<start + entry.packedSize])
        let content: [UInt8]?
        switch entry.method {
        case 0: content = packed
        case 8: content = inflated(packed, size: entry.size)
        default: throw Defect(description: "\(name) is packed by the method \(entry.method); 0 and 8 are read")
        }
        guard let content, content.count == entry.size, crc32(0, content, UInt32(content.count)) == UInt(entry.checksum) else {
            throw broken
        }
        return content
    }

    /// - Returns: `nil` where it is not exactly so long.
    private static func inflated(_ packed: [UInt8], size: Int) -> [UInt8]? {
        var stream = z_stream()
        guard coconect_inflate_start(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = packed
        var output = [UInt8](repeating: 0, count: max(size, 1))
        let isWhole = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(size)
                return inflate(&stream, Z_FINISH) == Z_STREAM_END && Int(stream.total_out) == size
            }
        }
        return isWhole ? Array(output.prefix(size)) : nil
    }
}

extension [UInt8] {
    fileprivate func short(_ offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }
    fileprivate func long(_ offset: Int) -> Int { short(offset) | short(offset + 2) << 16 }
}
