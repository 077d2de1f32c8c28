internal import Exchanges
internal import Foundation
internal import SOAP
internal import Stores
internal import WSSecurity
internal import XML
internal import XMLSignature

/// The page of a container that a person reads: who sent what to whom, when, what was answered, and how to check it.
struct EvidenceSummary {
    private let record: EvidenceRecord
    private let files: [FileSignatureDraft.File]

    init(_ record: EvidenceRecord, files: [FileSignatureDraft.File]) {
        self.record = record
        self.files = files
    }

    /// XHTML, so that whatever stands in a message stays text.
    var bytes: [UInt8] {
        let message = record.message
        var writer = XMLWriter(capacity: 8192)
        writer.markup("<!DOCTYPE html>\n")
        writer.open("html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"])
        writer.open("head")
        writer.element("title", text: "Evidence of \(message.messageID)")
        writer.markup("<meta charset=\"utf-8\"/>")
        writer.element("style", text: EvidenceSummary.style)
        writer.close("head")
        writer.open("body")
        writer.element("h1", text: "Evidence of a message exchanged")
        table(
            [
                ("Message", message.messageID), ("Operation", message.operation),
                ("Certificate of origin", message.certificateNumber ?? "none"),
                ("From", message.direction == .inbound ? other : ours), ("To", message.direction == .inbound ? ours : other),
                ("Received", message.receivedAt), ("State", message.state.rawValue), ("Detail", message.detail ?? ""),
                ("Digest of the Body", message.bodyDigest ?? ""), ("Signer's certificate (SHA-256)", message.signer ?? ""),
                ("Local id", message.id),
            ], &writer)
        writer.element("h2", text: "What happened")
        table(record.events.map { ($0.at, $0.state.rawValue + ($0.detail.map { ": \($0)" } ?? "")) }, &writer)
        writer.element("h2", text: "What is in this file")
        table(files.map { ($0.path, "SHA-256 \($0.digest.hex)") }, &writer)
        writer.element("h2", text: "How to check it")
        writer.element("p", text: "Unpack it with any ZIP tool, and in its folder:")
        for command in commands {
            writer.open("pre")
            writer.element("code", text: command)
            writer.close("pre")
        }
        writer.element(
            "p",
            text:
                "Each must end with OK. Compare the certificates with those that the administrations published: nothing in this file can prove them."
        )
        writer.close("body")
        writer.close("html")
        return writer.bytes
    }

    private var ours: String { record.administration.description }
    private var other: String { record.partner?.description ?? record.message.partner }

    private var commands: [String] {
        let (request, response) = record.message.direction == .inbound ? ("partner", "gateway") : ("gateway", "partner")
        let bodies = [SOAPVersion.v11, SOAPVersion.v12].map { $0.namespace + ":Body" }
        let headers = ["To", "Action", "MessageID", "ReplyTo", "RelatesTo"].map { Addressing.namespace + ":" + $0 }
        let names: [String] = bodies + [SecurityNamespace.utility + ":Timestamp"] + headers
        let ids = names.map { " --id-attr:Id " + $0 }.joined()
        let properties = "--id-attr:Id \(FileSignatureDraft.propertiesName)"
        var commands = ["xmlsec1 --verify \(properties) --pubkey-cert-pem certificates/gateway.pem META-INF/signatures.xml"]
        for (kind, signer) in [(ContentKind.request, request), (.response, response)] where record.contents[kind] != nil {
            commands.append("xmlsec1 --verify\(ids) --pubkey-cert-pem certificates/\(signer).pem \(kind.rawValue)")
        }
        return commands
    }

    private static let style =
        "body{font:16px sans-serif;max-width:60em;margin:2em auto;padding:0 1em}td{padding:.2em 1em .2em 0;vertical-align:top}"

    private func table(_ rows: [(String, String)], _ writer: inout XMLWriter) {
        writer.open("table")
        for (name, value) in rows where !value.isEmpty {
            writer.open("tr")
            writer.element("td", text: name)
            writer.element("td", text: value.onOneLine(atMost: 4000))
            writer.close("tr")
        }
        writer.close("table")
    }
}
