internal import ArgumentParser
internal import Datasets
internal import Documents
internal import Evidence
internal import Exchanges
internal import Foundation
internal import SOAP
internal import WSSecurity
internal import XML

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify a signed SOAP message, or a document that bears signatures of its own, without server and store.",
        discussion: """
            The folder holds signers' certificates, each named for its owner, and authorities whose certificates are good too; a
            revocation list (*.crl) beside them is asked. Both engines judge, the direct one and libxmlsec1, and must agree. Without --at trust is judged now and the
            message's own Timestamp is not held against it, because a kept message is always old. The JSON has the outcome of each rule
            and, for each value of the dataset, its place in the message; wsdl/coconect-verdict-1.schema.json describes it.

            A Digital Certificate of Origin (COD) of ALADI or MERCOSUR, also in a ZIP archive, is judged by its two signatures, each for the time
            at which the document says that it was made; other XML by the signatures in it. SHA-1 is read there, and told.
            wsdl/coconect-document-1.schema.json describes their JSON. Documents that travel in a message are judged with --documents.

            EXAMPLES
              coconect-soap verify request.xml --trust partners/certificates
              coconect-soap verify request.xml --trust trust --find /goodsItems/0/sequence
              coconect-soap verify receipt.xml --trust trust --at 2026-11-22T10:00:00Z --format json
              coconect-soap verify request.xml --trust trust --documents authorities
              coconect-soap verify AR004A18260000021500.xml --trust authorities --officers officers
            """)

    @Argument(help: "The message, or - for standard input.")
    var file: String

    @Option(help: "Folder of trusted certificates (*.pem, *.crt), each named for its owner, and revocation lists (*.crl).")
    var trust: String

    @Option(help: "The moment for which certificates and Timestamp are judged, such as 2026-11-22T10:00:00Z.")
    var at: String?

    @Option(
        help:
            "A value by its JSON Pointer in the dataset, its XPath, or an offset in the file: where it stands and the bytes that are signed."
    )
    var find: String?

    @Flag(help: "List every value of the dataset with its place and who signed it.")
    var values = false

    @Option(help: "Folder of authorities and signers of documents, to judge the documents that travel in the message.")
    var documents: String?

    @OptionGroup var officers: OfficersOption

    @Option(help: "text or json.")
    var format = ReportFormat.text

    func run() throws {
        let moment = try moment(at)
        let bytes = try readFile(file)
        if try verifyDocument(bytes) { return }
        var report = VerificationReport(judgedAt: moment)
        let policy = SecurityPolicy(secondEngine: .asked, clock: at == nil ? .notChecked : .checked)
        let verified = try openEnvelope(bytes, file, trust: trust, policy: policy, at: moment, report: &report)
        let verdict = Verdict(report, verified, bytes: bytes, catalog: try catalog(nil))
        if let find { return try tell(find, verdict) }
        let attached = try attached(verdict)
        switch format {
        case .json: try output(json: JudgedMessage(verdict: verdict, documents: attached))
        case .text:
            output(report.text)
            for document in attached ?? [] {
                output("\n\(document.pointer) \(document.fileName.onOneLine(atMost: 255))\n\(document.verdict.text)")
            }
            if values {
                for value in verdict.coverage?.values ?? [] { output("\(value.pointer)  \(value.path)  line \(value.line)  \(value.text)") }
            }
            for path in verdict.coverage?.notSigned ?? [] { output("not signed: \(path)") }
        }
        if verified == nil || attached?.contains(where: \.verdict.isBad) == true { throw ExitCode(1) }
    }

    /// - Returns: whether the file is a document, and was judged as one.
    private func verifyDocument(_ packed: [UInt8]) throws -> Bool {
        guard let bytes = try? DocumentVerifier.unpacked(packed),
            let document = try? XMLDocument(parsing: bytes, limits: DocumentVerifier.limits),
            CODVerifier.isCOD(document) || document.root.local != "Envelope"
        else { return false }
        let verifier = DocumentVerifier(anchors: try officers.anchors(trust), at: try at.map { try moment($0) }, now: .now)
        let verdict = verifier.verify(bytes)
        switch verdict {
        case .notJudged: return false
        case .refused(_, let reason): throw CommandError("the document cannot be judged: \(reason)", place: file)
        case .cod, .signedXML: break
        }
        switch format {
        case .json: try output(json: verdict)
        case .text: output(verdict.text)
        }
        if verdict.isBad { throw ExitCode(1) }
        return true
    }

    /// The documents of the message, where they are asked for; of a message that is not good none is.
    private func attached(_ verdict: Verdict) throws -> [JudgedDocument]? {
        guard let documents else { return nil }
        let verifier = DocumentVerifier(anchors: try officers.anchors(documents), at: try at.map { try moment($0) }, now: .now)
        return verdict.documents.map {
            JudgedDocument(pointer: $0.pointer, fileName: $0.fileName, mediaType: $0.mediaType, verdict: verifier.verify($0.bytes))
        }
    }

    /// What is signed of one value; of a message that is not good nothing is.
    private func tell(_ subject: String, _ verdict: Verdict) throws {
        guard let coverage = verdict.coverage else {
            throw CommandError(
                verdict.report.reason ?? "its Body is no dataset of this program's menu and agreements", place: file, status: 1)
        }
        guard let value = coverage.find(subject) else {
            let near = subject.nearest(in: coverage.values.flatMap { [$0.pointer, $0.path] }, within: 8).first
            throw CommandError(
                "there is no value at '\(subject)'", place: file,
                help: near.map { "did you mean \($0)?" } ?? "--values lists all", status: 1)
        }
        if format == .json { return try output(json: value) }
        let source = value.source.map { "bytes \($0.offset) to \($0.offset + $0.length - 1), " } ?? ""
        output(
            """
            pointer:   \(value.pointer)
            path:      \(value.path)
            value:     \(value.text)
            place:     \(source)line \(value.line)
            signed as: \(String(decoding: coverage.signedBytes(of: value), as: UTF8.self))
                       bytes \(value.canonical.offset) to \(value.canonical.offset + value.canonical.length - 1) of the canonical \(coverage.part)
            signed by: \(verdict.report.signer?.subject ?? "") (certificate SHA-256 \(coverage.signer))
            """)
    }
}

func moment(_ text: String?) throws -> XMLDateTime {
    guard let text else { return .now }
    guard let moment = XMLDateTime(text) else {
        throw CommandError("'\(text)' is no time", place: "--at", help: "write it as 2026-11-22T10:00:00Z")
    }
    return moment
}

func readEnvelope(_ file: String) throws -> Envelope { try readEnvelope(try readFile(file), file) }

private func readEnvelope(_ bytes: [UInt8], _ file: String) throws -> Envelope {
    do {
        return try Envelope(reading: XMLDocument(parsing: bytes, limits: XMLLimits(bytes: 64 * 1024 * 1024)))
    } catch {
        throw CommandError("\(error)", place: file, help: "give a SOAP message, such as a request.xml of the message log")
    }
}

/// Reads and verifies; `nil` where verification refused, which the report then tells.
func openEnvelope(
    _ file: String, trust: String, policy: SecurityPolicy, at moment: XMLDateTime, report: inout VerificationReport
) throws -> Verified<Envelope>? {
    try openEnvelope(try readFile(file), file, trust: trust, policy: policy, at: moment, report: &report)
}

/// - Parameter file: where the bytes come from, for people.
func openEnvelope(
    _ bytes: [UInt8], _ file: String, trust: String, policy: SecurityPolicy, at moment: XMLDateTime, report: inout VerificationReport
) throws -> Verified<Envelope>? {
    let store = try loadTrust(trust)
    let envelope = try readEnvelope(bytes, file)
    do {
        return try EnvelopeVerifier(trust: store, policy: policy).verify(envelope, at: moment, report: &report)
    } catch {
        return nil
    }
}

extension VerificationReport {
    /// For people.
    var text: String {
        var lines = ["verdict:   \(verdict.rawValue)" + (code.map { " (rule \(rule ?? 0), \($0))" } ?? "")]
        if let reason { lines.append("reason:    \(reason)") }
        lines.append("integrity: \(integrity.rawValue)")
        if let signer {
            lines.append("signer:    \(signer.partner): \(signer.subject) (\(signer.key))")
            lines.append("           certificate SHA-256 \(signer.fingerprint), serial \(signer.serialNumber)")
            lines.append("           valid \(signer.notBefore) to \(signer.notAfter), issued by \(signer.issuer)")
        }
        if let signatureAlgorithm { lines.append("algorithm: \(signatureAlgorithm)") }
        for part in parts { lines.append("signed:    \(part.path) (#\(part.id)) \(part.digest)") }
        if let created { lines.append("timestamp: \(created) to \(expires ?? "no end")") }
        for warning in warnings { lines.append("warning:   \(warning.code): \(warning.text)") }
        lines.append("judged at: \(judgedAt)")
        lines.append("hash:      \(hash) (rule set \(VerificationReport.ruleSet))")
        lines.append("libxmlsec1: \(secondEngine.rawValue)")
        return lines.joined(separator: "\n")
    }
}
