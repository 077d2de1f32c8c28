internal import CZlib

/// A body in Content-Encoding gzip (RFC 9110, section 8.4.1.3; RFC 1952).
struct GzipBody {
    enum Defect: Error, Equatable {
        /// No gzip, cut off, its checksum wrong, or with something after it.
        case broken
        case tooLarge
        case tooDense
    }

    /// Small bodies may be denser: one of blanks alone costs nothing.
    private static let alwaysAllowed = 64 * 1024

    /// Bytes that the unpacked body may have.
    let limit: Int
    /// Times that it may be larger than the packed one.
    let ratio: Int

    /// No more is unpacked than may be, whatever the packed bytes promise.
    func unpacked(_ packed: [UInt8]) throws(Defect) -> [UInt8] {
        let dense = max(GzipBody.alwaysAllowed, packed.count.multipliedReportingOverflow(by: ratio).partialValue)
        let most = min(limit, dense)
        var stream = z_stream()
        guard coconect_gunzip_start(&stream) == Z_OK else { throw .broken }
        defer { inflateEnd(&stream) }
        var status = Z_OK
        // One byte more than allowed shows that there is more.
        let body = packed.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            return [UInt8](unsafeUninitializedCapacity: most + 1) { output, count in
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(most + 1)
                status = inflate(&stream, Z_FINISH)
                count = most + 1 - Int(stream.avail_out)
            }
        }
        guard body.count <= most else { throw dense < limit ? .tooDense : .tooLarge }
        guard status == Z_STREAM_END, stream.avail_in == 0 else { throw .broken }
        return body
    }
}
