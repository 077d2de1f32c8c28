public import XML
internal import XMLSignature
internal import ZIP

/// What was found in a document that stands for itself, of whichever kind it is.
public enum DocumentVerdict: Sendable, Encodable {
    case cod(CODVerdict)
    case signedXML(SignedXMLVerdict)
    /// It bears no signature that is judged here: why.
    case notJudged(sha256: String, reason: String)
    /// It is XML, or a COD, that cannot be read as such; whoever wanted to hide what is in it would make it so.
    case refused(sha256: String, reason: String)

    /// Whether it was judged, and is not good.
    public var isBad: Bool {
        switch self {
        case .cod(let verdict): verdict.verdict == .bad
        case .signedXML(let verdict): verdict.verdict != .good
        case .notJudged: false
        case .refused: true
        }
    }

    private enum Key: CodingKey { case kind, sha256, reason }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .cod(let verdict): try verdict.encode(to: encoder)
        case .signedXML(let verdict): try verdict.encode(to: encoder)
        case .notJudged(let sha256, let reason), .refused(let sha256, let reason):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(isBad ? "refused" : "not-judged", forKey: .kind)
            try container.encode(sha256, forKey: .sha256)
            try container.encode(reason, forKey: .reason)
        }
    }
}

/// Recognises a document and judges it by its own signatures.
public struct DocumentVerifier: Sendable {
    private let anchors: DocumentAnchors?
    private let moment: XMLDateTime?
    private let now: XMLDateTime

    /// Bytes of a document, unpacked.
    public static let limits = XMLLimits(bytes: 8 * 1024 * 1024)

    /// - Parameters:
    ///   - anchors: `nil` judges integrity alone.
    ///   - moment: for which certificates are judged; `nil` for the time of signing that a document claims, and now for one that claims none.
    public init(anchors: DocumentAnchors?, at moment: XMLDateTime? = nil, now: XMLDateTime) {
        self.anchors = anchors
        self.moment = moment
        self.now = now
    }

    public func verify(_ packed: [UInt8]) -> DocumentVerdict {
        let sha256 = Digest(of: packed).hex
        let bytes: [UInt8]
        do { bytes = try DocumentVerifier.unpacked(packed) } catch { return .refused(sha256: sha256, reason: "\(error)") }
        guard DocumentVerifier.isMarkup(bytes) else {
            return .notJudged(
                sha256: sha256, reason: "it is no XML; other documents are kept as they are, and their signatures are not judged")
        }
        do {
            let document = try XMLDocument(parsing: bytes, limits: DocumentVerifier.limits)
            if CODVerifier.isCOD(document) { return .cod(try cod(document, bytes).verdict) }
            if let other = SignedXMLVerifier(anchors: anchors, at: moment, now: now).verify(document, bytes: bytes) {
                return .signedXML(other)
            }
            guard !CODStructure.isPart(document.root) else {
                return .refused(sha256: sha256, reason: "parts of a COD stand in it, and it is none")
            }
            return .notJudged(sha256: sha256, reason: "it is XML without a signature")
        } catch {
            return .refused(sha256: sha256, reason: "\(error)")
        }
    }

    /// Whether it is to be read as XML: it starts with a tag, or with the byte order mark of an encoding that is read.
    private static func isMarkup(_ bytes: [UInt8]) -> Bool {
        let start = bytes.first { ![0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return start == UInt8(ascii: "<") || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    }

    /// As `CODVerifier.verify`.
    public func cod(_ document: XMLDocument, _ bytes: [UInt8]) throws(CODError) -> (verdict: CODVerdict, verified: VerifiedCOD?) {
        try CODVerifier(anchors: anchors, at: moment, now: now).verify(document, bytes: bytes)
    }

    /// The document in a ZIP archive that holds it alone, in which exporters are told to send it; anything else as it is.
    public static func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) else { return bytes }
        let files = try ZIPReader(bytes, limit: limits.bytes).files
        guard files.count == 1, let only = files.first, only.name.lowercased().hasSuffix(".xml") else { return bytes }
        return only.bytes
    }
}
