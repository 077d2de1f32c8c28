/// MTOM's package of a message: content of attachments as parts of its own, and an Include where each stood.
///
/// The signature was made over the message as it is without the package; who reads it puts the content back first.
public struct XOPPackage: Sendable {
    public let bytes: [UInt8]
    /// With everything that a reader needs.
    public let contentType: String

    private static let root = "root@coconect"

    /// - Parameters:
    ///   - message: as it was signed.
    ///   - attachments: where in it the base64 content of elements stands, in order, and what it encodes.
    ///   - action: as the `action` of SOAP 1.2 has it, with its quotation marks.
    public init(_ message: [UInt8], attachments: [(range: Range<Int>, content: [UInt8])], version: SOAPVersion, action: String?) {
        // Nobody can write an attachment that holds it.
        let boundary = "package-\(UInt64.random(in: 0 ... .max))-\(UInt64.random(in: 0 ... .max))"
        let rootAction = version == .v12 ? action.map { "; action=\($0)" } ?? "" : ""
        var root: [UInt8] = []
        var position = 0
        for (index, attachment) in attachments.enumerated() {
            root += message[position..<attachment.range.lowerBound]
            root += #"<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:\#(XOPPackage.id(index))"/>"#.utf8
            position = attachment.range.upperBound
        }
        root += message[position...]
        var bytes: [UInt8] = []
        func part(_ headers: [String], _ content: [UInt8]) {
            bytes += "--\(boundary)\r\n\(headers.joined(separator: "\r\n"))\r\n\r\n".utf8
            bytes += content
            bytes += "\r\n".utf8
        }
        part(
            [
                "Content-Type: application/xop+xml; charset=utf-8; type=\"\(version.mediaType)\"\(rootAction)",
                "Content-Transfer-Encoding: binary", "Content-ID: <\(XOPPackage.root)>",
            ], root)
        for (index, attachment) in attachments.enumerated() {
            part(
                [
                    "Content-Type: application/octet-stream", "Content-Transfer-Encoding: binary", "Content-ID: <\(XOPPackage.id(index))>",
                ], attachment.content)
        }
        bytes += "--\(boundary)--\r\n".utf8
        self.bytes = bytes
        contentType =
            "multipart/related; type=\"application/xop+xml\"; start=\"<\(XOPPackage.root)>\"; start-info=\"\(version.mediaType)\"; "
            + "boundary=\"\(boundary)\"\(rootAction)"
    }

    private static func id(_ index: Int) -> String { "attachment-\(index + 1)@coconect" }
}
