internal import Documents
internal import Evidence

/// A document that travelled in a message, for people: whether its own signatures hold. Whether their signers are to be trusted is asked
/// of anchors that the gateway does not have.
struct DocumentRow {
    let fileName: String
    let mediaType: String
    let pointer: String
    let about: String
    let signatures: [SignatureRow]

    struct SignatureRow {
        let role: String
        let integrity: String
        let kind: String
        let signer: String?
        let signedAt: String?
        let reason: String?

        init(_ signature: DocumentSignature) {
            role = signature.role ?? signature.place
            integrity = signature.integrity.rawValue
            kind = signature.integrity == .intact ? "good" : signature.integrity == .broken ? "bad" : "open"
            signer = signature.signer?.subject
            signedAt = signature.signedAt?.second
            reason = signature.reason
        }
    }

    init(_ document: AttachedDocument, _ verifier: DocumentVerifier) {
        fileName = document.fileName
        mediaType = document.mediaType
        pointer = document.pointer
        switch verifier.verify(document.bytes) {
        case .cod(let verdict):
            about =
                "Digital Certificate of Origin \(verdict.certificateID ?? "without a number"), \(verdict.stage?.rawValue ?? "of no known stage")"
            signatures = [verdict.exporter, verdict.officer].compactMap(\.self).map(SignatureRow.init)
        case .signedXML(let verdict):
            about = "XML with signatures of its own"
            signatures = verdict.signatures.map(SignatureRow.init)
        case .notJudged(_, let reason), .refused(_, let reason):
            about = reason
            signatures = []
        }
    }
}
