internal import Trust
public import XML
internal import XMLSignature

/// What was found in a document of somebody's own that bears XML signatures, of no kind that is known here.
public struct SignedXMLVerdict: Sendable, Encodable {
    public let kind = "signed-xml"
    public let verdict: CODVerdict.Verdict
    /// SHA-256 of the document's bytes, hexadecimal.
    public let sha256: String
    public let root: String
    public let signatures: [DocumentSignature]
    /// Whether one of the good signatures covers the document element, and so all but itself.
    public let isWhole: Bool
    public let defects: [String]
}

/// Judges documents of somebody's own by the signatures in them.
public struct SignedXMLVerifier: Sendable {
    private let anchors: DocumentAnchors?
    private let moment: XMLDateTime?
    private let now: XMLDateTime

    private static let mostSignatures = 16
    /// What is an id in the documents that are signed: XML Signature itself has `Id`.
    private static let idNames =
        ["Id", "ID", "id"].map { XMLName("", $0) } + [
            XMLName("http://www.w3.org/XML/1998/namespace", "id"),
            XMLName("http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd", "Id"),
        ]

    /// - Parameter moment: for which certificates are judged; such documents do not say when they were signed in a place that is known.
    public init(anchors: DocumentAnchors?, at moment: XMLDateTime? = nil, now: XMLDateTime) {
        self.anchors = anchors
        self.moment = moment
        self.now = now
    }

    /// - Returns: `nil` where no signature is in it.
    public func verify(_ document: XMLDocument, bytes: [UInt8]) -> SignedXMLVerdict? {
        let found = SignedXMLVerifier.signatures(in: document.root)
        guard !found.isEmpty else { return nil }
        var defects: [String] = []
        var signatures: [DocumentSignature] = []
        var isWhole = false
        do throws(XMLError) {
            let judge = try DocumentSignatureJudge(document, idNames: SignedXMLVerifier.idNames, anchors: anchors, now: now)
            for element in found.prefix(SignedXMLVerifier.mostSignatures) {
                let (signature, covered) = judge.judge(element, role: nil, signedAt: nil, at: moment ?? now)
                signatures.append(signature)
                if let reason = signature.reason { defects.append("\(signature.place): \(reason)") }
                if let reason = signature.trustReason { defects.append("\(signature.place): \(reason)") }
                if signature.trust == .notJudged { defects.append("\(signature.place): its signer was not judged: no anchors were given") }
                isWhole = isWhole || signature.isGood && covered.contains { $0.isSameNode(as: document.root) }
            }
        } catch {
            defects.append(error.description)
        }
        if found.count > SignedXMLVerifier.mostSignatures {
            defects.append("it has more than \(SignedXMLVerifier.mostSignatures) signatures")
        }
        return SignedXMLVerdict(
            verdict: defects.isEmpty ? .good : .bad, sha256: Digest(of: bytes).hex, root: document.root.name.description,
            signatures: signatures, isWhole: isWhole, defects: defects)
    }

    private static func signatures(in element: XMLElement) -> [XMLElement] {
        if element.has(.signature("Signature")) { return [element] }
        return element.children.flatMap { signatures(in: $0) }
    }
}
