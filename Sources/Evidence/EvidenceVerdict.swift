public import Datasets
internal import Foundation
internal import SOAP
internal import Stores
public import Trust
public import WSSecurity
public import XML
internal import XMLSignature
internal import ZIP

/// What an evidence file proves: judged from the file and given certificates alone, without gateway and store.
public struct EvidenceVerdict: Sendable, Encodable {
    public enum Outcome: String, Sendable, Encodable { case good, bad }

    public let outcome: Outcome
    /// What is wrong, each in a sentence.
    public let defects: [String]
    /// Who put the file together, and when, as it claims.
    public let container: Container?
    /// The two signed messages, as far as they are in it.
    public let request: VerificationReport?
    public let response: VerificationReport?

    public struct Container: Sendable, Encodable {
        public let signer: String
        public let fingerprint: String
        public let signedAt: String
        public let files: Int
    }

    /// Bytes of all files, unpacked.
    private static let limit = 256 * 1024 * 1024

    /// - Parameters:
    ///   - trust: the administrations' certificates.
    ///   - moment: for which the certificates of the messages are judged; `nil` for when the message was received.
    ///   - catalog: reads the dataset in Body.
    public init(of archive: [UInt8], trust: TrustStore, at moment: XMLDateTime?, catalog: Catalog) {
        var judge = Judge(trust: trust)
        do {
            let files = try ZIPReader(archive, limit: EvidenceVerdict.limit)
            container = judge.container(files)
            let record = judge.record(files)
            let received = moment ?? record.flatMap { XMLDateTime($0.message.receivedAt) } ?? .now
            request = judge.message(files, "request.xml", at: received)
            response = judge.message(files, "response.xml", at: received)
            judge.dataset(files, catalog: catalog, at: received)
            judge.receipt(record, request)
        } catch {
            judge.defects.append("\(error)")
            (container, request, response) = (nil, nil, nil)
        }
        defects = judge.defects
        outcome = judge.defects.isEmpty ? .good : .bad
    }
}

private struct Judge {
    let trust: TrustStore
    var defects: [String] = []

    private static let limits = XMLLimits(bytes: 64 * 1024 * 1024)

    struct Record: Decodable {
        let message: StoredMessage
    }

    /// Every file is as it was when the container was signed, and by somebody known.
    mutating func container(_ files: ZIPReader) -> EvidenceVerdict.Container? {
        if files["mimetype"] != Array(EvidenceContainer.mediaType.utf8) { defects.append("mimetype is not \(EvidenceContainer.mediaType)") }
        guard let bytes = files["META-INF/signatures.xml"] else {
            defects.append("META-INF/signatures.xml is not there")
            return nil
        }
        let signature: FileSignature
        do { signature = try FileSignature(verifying: XMLDocument(parsing: bytes, limits: Judge.limits)) } catch {
            defects.append("META-INF/signatures.xml: \(error)")
            return nil
        }
        for (name, content) in files.files where !name.hasPrefix("META-INF/") && name != "mimetype" {
            guard let digest = signature.files[name] else {
                defects.append("\(name) is not signed")
                continue
            }
            if Digest(digest.algorithm, of: content) != digest { defects.append("\(name) was changed after the container was signed") }
        }
        for name in signature.files.keys.sorted() where files[name] == nil { defects.append("\(name) was signed, and is not there") }
        let certificate = try? Certificate(der: signature.certificate)
        if (try? trust.signer(.certificate(signature.certificate))) == nil {
            defects.append(
                "the container is signed by \(certificate?.subject ?? "somebody"), whose certificate is not among the trusted ones")
        }
        return EvidenceVerdict.Container(
            signer: certificate?.subject ?? "", fingerprint: Digest(of: signature.certificate).hex, signedAt: signature.signedAt,
            files: signature.files.count)
    }

    mutating func record(_ files: ZIPReader) -> Record? {
        guard let bytes = files["record.json"], let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)) else {
            defects.append("record.json is not there, or not readable")
            return nil
        }
        return record
    }

    private func open(_ bytes: [UInt8], at moment: XMLDateTime, _ report: inout VerificationReport) throws -> Verified<Envelope> {
        let envelope = try Envelope(reading: XMLDocument(parsing: bytes, limits: Judge.limits))
        let policy = SecurityPolicy(secondEngine: .asked, clock: .notChecked)
        return try EnvelopeVerifier(trust: trust, policy: policy).verify(envelope, at: moment, report: &report)
    }

    mutating func message(_ files: ZIPReader, _ name: String, at moment: XMLDateTime) -> VerificationReport? {
        guard let bytes = files[name] else { return nil }
        var report = VerificationReport(judgedAt: moment)
        do { _ = try open(bytes, at: moment, &report) } catch { defects.append("\(name): \(error)") }
        return report
    }

    /// The dataset is what the signed Body says, not what somebody says that it says.
    mutating func dataset(_ files: ZIPReader, catalog: Catalog, at moment: XMLDateTime) {
        guard let request = files["request.xml"], let dataset = files["dataset.json"] else { return }
        var report = VerificationReport(judgedAt: moment)
        guard let content = (try? open(request, at: moment, &report))?.content else { return }
        // A partner whose WSDL has its own words is read by its names, which are not in the file.
        guard catalog.menu.messages[content.local]?.xml == content.name else { return }
        guard let read = try? catalog.dataset(reading: content, as: content.local) else {
            return defects.append("request.xml: its Body is no valid dataset of this program's menu and agreements")
        }
        if read.json() != dataset { defects.append("dataset.json is not what the signed Body says") }
    }

    mutating func receipt(_ record: Record?, _ request: VerificationReport?) {
        guard let digest = record?.message.bodyDigest, let request, request.verdict == .good else { return }
        if !request.parts.contains(where: { $0.digest == digest }) { defects.append("record.json names another Body than request.xml has") }
    }
}
