public import Datasets
public import SOAP
public import WSSecurity
internal import XML

/// Which value of a dataset stands where in a message, and what the signature covers: from a JSON Pointer to the XPath and the exact
/// bytes, and back.
public struct Coverage: Sendable, Encodable {
    /// A value of the dataset.
    public struct Value: Sendable, Encodable {
        /// In the dataset (RFC 6901).
        public let pointer: String
        /// Of its element in the message.
        public let path: String
        public let text: String
        /// Line of the message as received, from 1.
        public let line: Int
        /// Where the element stands in the message as received; `nil` for one in UTF-16.
        public let source: Span?
        /// Where it stands in the canonical bytes of Body, over which the digest is computed.
        public let canonical: Span
    }

    /// Bytes of a document, from 0.
    public struct Span: Sendable, Encodable, Hashable {
        public let offset: Int
        public let length: Int

        init(_ range: Range<Int>) {
            offset = range.lowerBound
            length = range.count
        }

        public var range: Range<Int> { offset..<offset + length }
    }

    /// The Reference that covers all values: that of Body.
    public let part: String
    /// SHA-256 of the signer's certificate, hexadecimal.
    public let signer: String
    public let values: [Value]
    /// What the signature does not cover: elements of the Header, none of which is read for the dataset.
    public let notSigned: [String]
    private let canonicalPart: [UInt8]
    /// The signed elements and where each stands in the message as received.
    public let signedParts: [(path: String, source: Span)]

    private enum CodingKeys: CodingKey { case part, signer, values, notSigned }

    /// - Parameters:
    ///   - verified: the signature covers its Body, or it would not be there.
    ///   - dataset: read from that Body.
    ///   - bytes: the message as received, in UTF-8.
    public init?(_ dataset: Dataset, of verified: Verified<Envelope>, bytes: [UInt8]) {
        guard let content = verified.content, let body = content.parent,
            let canonical = try? body.withCanonicalBytes(.exclusive, { Array($0) })
        else { return nil }
        let elements = ElementNumbers(verified.subject.document.root)
        guard let first = elements.number(of: body.path) else { return nil }
        let places = dataset.places.compactMap { place in
            elements.number(of: content.path + place.path).map { (place.pointer, content.path + place.path, $0) }
        }
        let source = XMLTagPositions(of: bytes).ranges
        let signed = XMLTagPositions(of: canonical).ranges
        part = body.path
        canonicalPart = canonical
        signer = verified.signer.certificate.fingerprint.hex
        values = places.compactMap { pointer, path, number in
            guard let element = elements[number], signed.indices.contains(number - first) else { return nil }
            return Value(
                pointer: pointer, path: path, text: element.text, line: element.line,
                source: source.indices.contains(number) ? Span(source[number]) : nil, canonical: Span(signed[number - first]))
        }
        notSigned = Coverage.unsigned(verified)
        signedParts = elements.all.enumerated().compactMap { number, element in
            guard source.indices.contains(number), verified.covers(element) else { return nil }
            return (element.path, Span(source[number]))
        }
    }

    private static func unsigned(_ verified: Verified<Envelope>) -> [String] {
        let headers = verified.subject.document.root.children.filter { $0.local == "Header" }.flatMap(\.children)
        return headers.flatMap { header in
            // Security holds what is signed beside what signs.
            header.local == "Security" ? header.children.filter { $0.local != "Signature" } : [header]
        }.filter { !verified.covers($0) }.map(\.path)
    }

    /// The very bytes of a value that the digest is computed over.
    public func signedBytes(of value: Value) -> [UInt8] { Array(canonicalPart[value.canonical.range]) }

    /// The value at a JSON Pointer, an XPath, or an offset of the message as received.
    public func find(_ text: String) -> Value? {
        if let offset = Int(text) { return values.first { $0.source?.range.contains(offset) == true } }
        return values.first { $0.pointer == text || $0.path == text }
    }
}

/// The elements of a document by their numbers in document order, and by their paths.
private struct ElementNumbers {
    private var elements: [XMLElement] = []
    var all: [XMLElement] { elements }
    private var numbers: [String: Int] = [:]

    init(_ root: XMLElement) { add(root, path: root.path) }

    /// - Parameter path: as `XMLElement.path` has it, which would count its siblings anew for each.
    private mutating func add(_ element: XMLElement, path: String) {
        numbers[path] = elements.count
        elements.append(element)
        let children = Array(element.children)
        var counts: [XMLName: Int] = [:]
        for child in children { counts[child.name, default: 0] += 1 }
        var places: [XMLName: Int] = [:]
        for child in children {
            let name = child.name
            places[name, default: 0] += 1
            let place = (counts[name] ?? 0) > 1 ? "[\(places[name] ?? 0)]" : ""
            add(child, path: "\(path)/\(name.local)\(place)")
        }
    }

    func number(of path: String) -> Int? { numbers[path] }
    subscript(_ number: Int) -> XMLElement? { elements.indices.contains(number) ? elements[number] : nil }
}
