/// XML as tags and what stands between them, for trying out what may have been done to a message after it was signed.
struct Markup {
    enum Piece {
        case tag([UInt8])
        case text([UInt8])
        /// A comment, a processing instruction, a CDATA section.
        case other([UInt8])
    }

    private(set) var pieces: [Piece] = []

    /// - Parameter bytes: well-formed XML in UTF-8.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let first = rest.first {
            guard first == UInt8(ascii: "<") else {
                let text = rest.prefix { $0 != UInt8(ascii: "<") }
                pieces.append(.text(Array(text)))
                rest = rest.dropFirst(text.count)
                continue
            }
            let end: Int
            if let (open, close) = Markup.enclosed.first(where: { rest.starts(with: $0.open) }) {
                end = Markup.end(of: close, in: rest.dropFirst(open.count)) ?? rest.endIndex
                pieces.append(.other(Array(rest[..<end])))
            } else {
                end = Markup.endOfTag(rest)
                pieces.append(.tag(Array(rest[..<end])))
            }
            rest = rest[end...]
        }
    }

    private static let enclosed: [(open: [UInt8], close: [UInt8])] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")].map {
        (Array($0.0.utf8), Array($0.1.utf8))
    }

    private static func end(of mark: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count }
    }

    private static func endOfTag(_ bytes: ArraySlice<UInt8>) -> Int {
        var quote: UInt8?
        for (index, byte) in zip(bytes.indices, bytes) {
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index + 1
            }
        }
        return bytes.endIndex
    }

    var bytes: [UInt8] {
        pieces.flatMap { piece in
            switch piece {
            case .tag(let bytes), .text(let bytes), .other(let bytes): bytes
            }
        }
    }

    func mapTexts(_ change: (String) -> String) -> Markup {
        var changed = self
        changed.pieces = pieces.map { piece in
            guard case .text(let bytes) = piece else { return piece }
            return .text(Array(change(String(decoding: bytes, as: UTF8.self)).utf8))
        }
        return changed
    }

    func mapTags(_ change: (String) -> String) -> Markup {
        var changed = self
        changed.pieces = pieces.map { piece in
            guard case .tag(let bytes) = piece else { return piece }
            return .tag(Array(change(String(decoding: bytes, as: UTF8.self)).utf8))
        }
        return changed
    }
}
