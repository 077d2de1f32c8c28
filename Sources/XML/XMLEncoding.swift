/// The encoding of a document's bytes (XML 1.0, appendix F), read from the byte order mark or the first characters.
enum XMLEncoding {
    case utf8(skip: Int)
    case utf16(bigEndian: Bool, skip: Int)

    init(of bytes: UnsafeRawBufferPointer) {
        func starts(_ prefix: [UInt8]) -> Bool { bytes.count >= prefix.count && bytes.prefix(prefix.count).elementsEqual(prefix) }
        self =
            if starts([0xEF, 0xBB, 0xBF]) { .utf8(skip: 3) } else if starts([0xFE, 0xFF]) {
                .utf16(bigEndian: true, skip: 2)
            } else if starts([0xFF, 0xFE]) { .utf16(bigEndian: false, skip: 2) } else if starts([0x00, 0x3C]) {
                .utf16(bigEndian: true, skip: 0)
            } else if starts([0x3C, 0x00]) { .utf16(bigEndian: false, skip: 0) } else { .utf8(skip: 0) }
    }

    var names: [String] {
        switch self {
        case .utf8: ["UTF-8", "UTF8", "US-ASCII", "ASCII"]
        case .utf16(let bigEndian, _): ["UTF-16", bigEndian ? "UTF-16BE" : "UTF-16LE"]
        }
    }

    /// The document as UTF-8 without byte order mark, or `nil` where it is that already.
    func transcoded(_ bytes: UnsafeRawBufferPointer) throws(XMLError) -> [UInt8]? {
        guard case .utf16(let bigEndian, let skip) = self else { return nil }
        // XML 1.0, section 4.3.3; other readers of the kept message could not read it.
        guard skip > 0 else { throw .malformedEncoding("UTF-16 without a byte order mark") }
        guard (bytes.count - skip).isMultiple(of: 2) else { throw .malformedEncoding("UTF-16 with an odd number of bytes") }
        let (high, low) = bigEndian ? (0, 1) : (1, 0)
        let units = stride(from: skip, to: bytes.count, by: 2).map { (index: Int) -> UInt16 in
            UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + low])
        }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        let malformed = transcode(
            units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true, into: { output.append($0) })
        guard !malformed else { throw .malformedEncoding("UTF-16 with an unpaired surrogate") }
        return output
    }
}
