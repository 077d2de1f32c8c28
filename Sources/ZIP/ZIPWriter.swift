internal import CZlib

/// Writes a ZIP archive in memory (PKWARE APPNOTE 6.3, without ZIP64): names in UTF-8, one fixed time for every file, so that the same
/// files give the same bytes.
public struct ZIPWriter {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// 1980-01-01, the first day that the format has.
    private static let day: UInt16 = 1 << 5 | 1
    private static let namesAreUTF8: UInt16 = 1 << 11

    public init() {}

    /// - Parameters:
    ///   - name: path inside the archive, with slashes.
    ///   - isExecutable: for systems that keep it so.
    ///   - isPacked: `false` leaves the bytes as they are.
    /// - Requires: fewer than 65,536 files and 4 GiB.
    public mutating func add(_ name: String, _ content: [UInt8], isExecutable: Bool = false, isPacked: Bool = true) {
        precondition(count < .max && bytes.count + content.count < Int(UInt32.max), "an archive without ZIP64 is smaller")
        let packed = isPacked ? ZIPWriter.deflated(content) : content
        let data = packed.count < content.count ? packed : content
        var entry: [UInt8] = []
        entry.append(short: 20)
        entry.append(short: ZIPWriter.namesAreUTF8)
        entry.append(short: packed.count < content.count ? 8 : 0)
        entry.append(short: 0)
        entry.append(short: ZIPWriter.day)
        entry.append(long: UInt32(crc32(0, content, UInt32(content.count))))
        entry.append(long: UInt32(data.count))
        entry.append(long: UInt32(content.count))
        entry.append(short: UInt16(name.utf8.count))
        entry.append(short: 0)
        let offset = bytes.count
        bytes.append(long: 0x0403_4B50)
        bytes += entry + Array(name.utf8) + data
        directory.append(long: 0x0201_4B50)
        // Made on Unix, whose permissions the external attributes hold.
        directory.append(short: 3 << 8 | 20)
        directory += entry
        for _ in 0..<3 { directory.append(short: 0) }
        directory.append(long: UInt32(isExecutable ? 0o100755 : 0o100644) << 16)
        directory.append(long: UInt32(offset))
        directory += Array(name.utf8)
        count += 1
    }

    /// The whole archive.
    public var archive: [UInt8] {
        var end: [UInt8] = []
        end.append(long: 0x0605_4B50)
        end.append(long: 0)
        end.append(short: count)
        end.append(short: count)
        end.append(long: UInt32(directory.count))
        end.append(long: UInt32(bytes.count))
        end.append(short: 0)
        return bytes + directory + end
    }

    private static func deflated(_ content: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        guard coconect_deflate_start(&stream) == Z_OK else { return content }
        defer { deflateEnd(&stream) }
        var input = content
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count))))
        let written = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : nil
            }
        }
        return written.map { Array(output.prefix($0)) } ?? content
    }
}

extension [UInt8] {
    fileprivate mutating func append(short value: UInt16) { append(contentsOf: [UInt8(value & 0xFF), UInt8(value >> 8)]) }

    fileprivate mutating func append(long value: UInt32) {
        append(short: UInt16(value & 0xFFFF))
        append(short: UInt16(value >> 16))
    }
}
