internal import CPostgreSQL

/// Values as libpq takes and gives them.
enum PostgreSQLValues {
    static func bytes(_ value: SQLValue) -> [UInt8]? {
        switch value {
        case .null: nil
        // A text ends with a zero; there is none within, for neither XML nor a header holds one.
        case .integer(let number): Array(String(number).utf8) + [0]
        case .text(let text): Array(text.utf8) + [0]
        case .bytes(let bytes): bytes
        }
    }

    static func value(_ result: OpaquePointer?, _ row: Int32, _ column: Int32, _ type: Oid) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        switch type {
        case 20: return .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case 23: return .integer(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case 17: return .bytes(Array(bytes))
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    static func withPointers<Result>(
        _ values: [[UInt8]?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> Result
    ) rethrows -> Result {
        var offsets: [Int?] = []
        var all: [UInt8] = []
        for value in values {
            offsets.append(value == nil ? nil : all.count)
            all.append(contentsOf: value ?? [])
            // Bytes may be none, and still not null.
            all.append(0)
        }
        return try all.withUnsafeBytes { buffer in
            let pointers = offsets.map { offset in offset.map { buffer.baseAddress!.advanced(by: $0).assumingMemoryBound(to: CChar.self) } }
            return try (pointers + [nil]).withUnsafeBufferPointer { try body($0.baseAddress!) }
        }
    }

    static func withStrings<Result>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
        withPointers(strings.map { Array($0.utf8) + [0] }, body)
    }
}
