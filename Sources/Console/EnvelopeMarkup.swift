internal import Evidence
internal import XML

/// The envelope as received, with what the signature covers marked, and each value of the dataset led to. Everything else is text.
struct EnvelopeMarkup {
    /// Longer ones are cut: nobody reads them here, and they can be fetched.
    private static let longest = 400_000

    private let bytes: [UInt8]
    private let coverage: Coverage?

    init(_ bytes: [UInt8], _ coverage: Coverage?) {
        self.bytes = bytes
        self.coverage = coverage
    }

    var html: String {
        guard bytes.count <= EnvelopeMarkup.longest else {
            var writer = XMLWriter(capacity: EnvelopeMarkup.longest)
            writer.text(String(decoding: bytes.prefix(EnvelopeMarkup.longest), as: UTF8.self))
            writer.text(" … (\(bytes.count) bytes; fetch request.xml for all of it)")
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        var marks: [Int: (closing: [String], opening: [String])] = [:]
        func add(_ range: Range<Int>, _ open: String, _ close: String) {
            marks[range.lowerBound, default: ([], [])].opening.append(open)
            marks[range.upperBound, default: ([], [])].closing.insert(close, at: 0)
        }
        // Outer ones first: elements lie within each other, never across.
        for part in (coverage?.signedParts ?? []).sorted(by: { $0.source.offset < $1.source.offset }) {
            add(part.source.range, "<span class=\"signed\">", "</span>")
        }
        for (number, value) in (coverage?.values ?? []).enumerated() {
            guard let source = value.source else { continue }
            add(source.range, "<a class=\"value\" id=\"b\(number)\" href=\"#d\(number)\">", "</a>")
        }
        var writer = XMLWriter(capacity: bytes.count * 2)
        var position = 0
        for place in marks.keys.sorted() {
            writer.text(String(decoding: bytes[position..<place], as: UTF8.self))
            for close in marks[place]?.closing ?? [] { writer.markup(close.utf8) }
            for open in marks[place]?.opening ?? [] { writer.markup(open.utf8) }
            position = place
        }
        writer.text(String(decoding: bytes[position...], as: UTF8.self))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
