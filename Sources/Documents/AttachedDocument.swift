public import Datasets
internal import XML

/// A document that travels in a message, byte for byte.
public struct AttachedDocument: Sendable {
    /// Of the attachment in the dataset (RFC 6901).
    public let pointer: String
    /// As the sender named it: to be shown, never to be used as a path.
    public let fileName: String
    public let mediaType: String
    public let bytes: [UInt8]

    /// Every document of a message: those of the certificate, and those of the one that an amendment carries.
    public static func all(in dataset: Dataset) -> [AttachedDocument] {
        let amended = dataset.root.record("amendment")?.record("certificate")
        return documents(dataset.root, "/attachments") + (amended.map { documents($0, "/amendment/certificate/attachments") } ?? [])
    }

    private static func documents(_ record: DatasetRecord, _ pointer: String) -> [AttachedDocument] {
        record.records("attachments").enumerated().compactMap { index, attachment in
            guard let content = attachment.text("content"), let bytes = Base64.decode(content) else { return nil }
            return AttachedDocument(
                pointer: "\(pointer)/\(index)", fileName: attachment.text("fileName") ?? "", mediaType: attachment.text("mediaType") ?? "",
                bytes: bytes)
        }
    }
}
