internal import ArgumentParser
internal import Exchanges
internal import Foundation
internal import SOAP
internal import WSSecurity
internal import XML

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify a signed SOAP message, without server and store.",
        discussion: """
            The folder holds signers' certificates, each named for its owner, and authorities whose certificates are good too; a
            revocation list (*.crl) beside them is asked. Both engines judge, the direct one and libxmlsec1, and must agree. Without --at trust is judged now and the
            message's own Timestamp is not held against it, because a kept message is always old.

            EXAMPLES
              coconect-soap verify request.xml --trust partners/certificates
              coconect-soap verify receipt.xml --trust trust --at 2026-11-22T10:00:00Z --format json
            """)

    @Argument(help: "The message, or - for standard input.")
    var file: String

    @Option(help: "Folder of trusted certificates (*.pem, *.crt), each named for its owner, and revocation lists (*.crl).")
    var trust: String

    @Option(help: "The moment for which certificates and Timestamp are judged, such as 2026-11-22T10:00:00Z.")
    var at: String?

    @Option(help: "text or json.")
    var format = ReportFormat.text

    func run() throws {
        let moment = try moment(at)
        var report = VerificationReport(judgedAt: moment)
        let policy = SecurityPolicy(secondEngine: .asked, clock: at == nil ? .notChecked : .checked)
        let isGood = try openEnvelope(file, trust: trust, policy: policy, at: moment, report: &report) != nil
        switch format {
        case .json: try output(json: report)
        case .text: output(report.text)
        }
        if !isGood { throw ExitCode(1) }
    }
}

func moment(_ text: String?) throws -> XMLDateTime {
    guard let text else { return .now }
    guard let moment = XMLDateTime(text) else {
        throw CommandError("'\(text)' is no time", place: "--at", help: "write it as 2026-11-22T10:00:00Z")
    }
    return moment
}

func readEnvelope(_ file: String) throws -> Envelope {
    let bytes = try readFile(file)
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
    let store = try loadTrust(trust)
    let envelope = try readEnvelope(file)
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
        lines.append("libxmlsec1: \(secondEngine.rawValue)")
        return lines.joined(separator: "\n")
    }
}
