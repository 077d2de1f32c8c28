internal import Documents
internal import Foundation
internal import Stores
public import Trust
public import XML
internal import XMLSignature
internal import ZIP

/// An ASiC-E container (ETSI EN 319 162-1): the exact bytes of one exchange, what was found in them, certificates and revocation lists, and
/// our signature over all of it. What it proves can be checked without us, by any ZIP tool and any XML Signature library.
public struct EvidenceContainer: Sendable {
    private let files: [(file: FileSignatureDraft.File, bytes: [UInt8])]
    private let identity: SigningIdentity
    private let now: XMLDateTime

    public static let mediaType = "application/vnd.etsi.asic-e+zip"

    /// - Parameter identity: signs the container.
    public init(_ record: EvidenceRecord, signedBy identity: SigningIdentity, at now: XMLDateTime) throws {
        self.identity = identity
        self.now = now
        var contents: [(path: String, mediaType: String, bytes: [UInt8])] = []
        for kind in ContentKind.allCases {
            guard let bytes = record.contents[kind] else { continue }
            contents.append((kind.rawValue, kind.rawValue.hasSuffix("xml") ? "application/xml" : "application/json", bytes))
        }
        contents.append(("record.json", "application/json", try EvidenceContainer.json(record)))
        for (name, certificate) in record.certificates {
            contents.append(("certificates/" + name, "application/x-pem-file", certificate.pem))
        }
        for (index, list) in record.revocationLists.enumerated() {
            contents.append(("revocation/list-\(index + 1).crl", "application/pkix-crl", list))
        }
        for (index, anchor) in record.stampAnchors.enumerated() where record.proofs.contains(where: { $0.seal.stamp != nil }) {
            contents.append(("certificates/timestamps-\(index + 1).pem", "application/x-pem-file", anchor.pem))
        }
        for (index, document) in record.documents.enumerated() {
            contents.append((EvidenceContainer.path(of: document, number: index + 1), document.mediaType, document.bytes))
        }
        for file in LogProof.files(record.proofs) { contents.append((file.name, file.mediaType, file.bytes)) }
        let listed = contents.map { FileSignatureDraft.File(path: $0.path, mediaType: $0.mediaType, digest: Digest(of: $0.bytes)) }
        contents.append(("summary.html", "text/html", EvidenceSummary(record, files: listed).bytes))
        files = contents.map { (FileSignatureDraft.File(path: $0.path, mediaType: $0.mediaType, digest: Digest(of: $0.bytes)), $0.bytes) }
    }

    /// The finished container.
    public func archive() async throws -> [UInt8] {
        let algorithm = identity.signer.kind.algorithm
        let draft = FileSignatureDraft(
            over: files.map(\.file), algorithm: algorithm, certificate: identity.certificate.der, signedAt: now.text)
        let value = try await identity.signer.sign(draft.signedInfo, by: algorithm)
        var archive = ZIPWriter()
        // First and not packed, so that the type stands at a fixed place.
        archive.add("mimetype", Array(EvidenceContainer.mediaType.utf8), isPacked: false)
        for (file, bytes) in files { archive.add(file.path, bytes) }
        archive.add("META-INF/manifest.xml", manifest)
        archive.add("META-INF/signatures.xml", draft.document(value: value))
        return archive.archive
    }

    /// OpenDocument's manifest, which names the media type of each file.
    private var manifest: [UInt8] {
        var writer = XMLWriter()
        writer.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        writer.open(
            "manifest:manifest", ["xmlns:manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0", "manifest:version": "1.2"])
        let entries = [("/", EvidenceContainer.mediaType)] + files.map { ($0.file.path, $0.file.mediaType) }
        for (path, type) in entries {
            writer.element("manifest:file-entry", ["manifest:full-path": path, "manifest:media-type": type], text: "")
        }
        writer.close("manifest:manifest")
        return writer.bytes
    }

    /// Where a document lies in the archive; its own name is the sender's, and may be anything.
    static func path(of document: AttachedDocument, number: Int) -> String {
        let name = document.fileName.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" }
        return "documents/\(number)-\(String(name.suffix(80)))"
    }

    private struct Record: Encodable {
        let message: StoredMessage
        let events: [MessageEvent]
    }

    private static func json(_ record: EvidenceRecord) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(Record(message: record.message, events: record.events)))
    }
}
