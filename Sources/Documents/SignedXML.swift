internal import Trust
public import XML
internal import XMLSignature

/// What was found in a document of somebody's own that bears XML signatures, of no kind that is known here.
public struct SignedXMLVerdict: Sendable, Encodable {
    public let kind = "signed-xml"
    public let verdict: Verdict
    /// SHA-256 of the document's bytes, hexadecimal.
    public let sha256: String
    public let root: String
    public let signatures: [DocumentSignature]
    /// Whether one of the good signatures covers the document element, and so all but itself.
    public let isWhole: Bool
    public let defects: [String]

    public enum Verdict: String, Sendable, Encodable {
        /// Every signature is good, and one of them covers the document element.
        case good
        /// Every signature is good, but they cover parts of the document only: of the rest nobody says anything.
        case partial
        case bad
    }
}

/// Judges documents of somebody's own by the signatures in them.
public struct SignedXMLVerifier: Sendable {
    private let anchors: DocumentAnchors?
    private let moment: XMLDateTime?
    private let now: XMLDateTime

    private static let mostSignatures = 4
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
                let judged = judge.judge(element, role: nil, claim: nil, at: moment ?? now)
                let signature = judged.signature
                signatures.append(signature)
                if let reason = signature.reason { defects.append("\(signature.place): \(reason)") }
                if let reason = signature.trustReason { defects.append("\(signature.place): \(reason)") }
                if anchors == nil { defects.append("\(signature.place): its signer was not judged: no anchors were given") }
                if let object = SignedXMLVerifier.strayObject(in: element, judged.covered) {
                    defects.append("\(object.path) stands in the Signature, and is not signed")
                }
                isWhole = isWhole || signature.isGood && judged.covered.contains { $0.isSameNode(as: document.root) }
            }
        } catch {
            defects.append(error.description)
        }
        if found.count > SignedXMLVerifier.mostSignatures {
            defects.append("it has more than \(SignedXMLVerifier.mostSignatures) signatures")
        }
        if CODStructure.isPart(document.root) { defects.append("parts of a COD stand in it, and it is none") }
        return SignedXMLVerdict(
            verdict: !defects.isEmpty ? .bad : isWhole ? .good : .partial, sha256: Digest(of: bytes).hex,
            root: document.root.name.description,
            signatures: signatures, isWhole: isWhole, defects: defects)
    }

    /// An Object of a Signature is taken away from what an enveloped signature covers; only what XAdES keeps there is signed otherwise.
    private static func strayObject(in signature: XMLElement, _ covered: [XMLElement]) -> XMLElement? {
        signature.children(named: .signature("Object")).first { object in
            !covered.contains { object.contains($0) || $0.contains(object) && !$0.contains(signature) }
        }
    }

    private static func signatures(in element: XMLElement) -> [XMLElement] {
        if element.has(.signature("Signature")) { return [element] }
        return element.children.flatMap { signatures(in: $0) }
    }
}
