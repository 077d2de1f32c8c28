internal import Datasets
internal import Documents
internal import Exchanges
internal import Foundation
internal import SOAP
internal import Stores
internal import Trust
internal import WSSecurity
internal import XML
internal import XMLSignature
internal import ZIP

/// Judges an evidence file part by part, and that the parts belong together: each alone may be good and prove something else.
struct EvidenceJudge {
    let trust: TrustStore
    /// Of the authority that stamped the seals.
    let stampAnchors: [Certificate]
    private let catalog: Catalog
    var defects: [String] = []
    var notes: [String] = []

    private static let limits = XMLLimits(bytes: 64 * 1024 * 1024)

    init(trust: TrustStore, stampAnchors: [Certificate], catalog: Catalog) {
        self.trust = trust
        self.stampAnchors = stampAnchors
        self.catalog = catalog
    }

    struct Record: Decodable {
        let message: StoredMessage
        let events: [MessageEvent]
    }

    /// A message of the file, verified or not.
    struct Message {
        let report: VerificationReport
        let verified: Verified<Envelope>?
        let bytes: [UInt8]
    }

    /// Every file is as it was when the container was signed, by somebody known whose certificate was good at the time that it claims.
    mutating func container(_ files: ZIPReader) -> EvidenceVerdict.Container? {
        if files["mimetype"] != Array(EvidenceContainer.mediaType.utf8) { defects.append("mimetype is not \(EvidenceContainer.mediaType)") }
        guard let bytes = files["META-INF/signatures.xml"] else {
            defects.append("META-INF/signatures.xml is not there")
            return nil
        }
        let signature: FileSignature
        do { signature = try FileSignature(verifying: XMLDocument(parsing: bytes, limits: EvidenceJudge.limits)) } catch {
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
        checkSigner(signature)
        return EvidenceVerdict.Container(
            signer: (try? Certificate(der: signature.certificate))?.subject ?? "", fingerprint: Digest(of: signature.certificate).hex,
            signedAt: signature.signedAt, files: signature.files.count)
    }

    private mutating func checkSigner(_ signature: FileSignature) {
        guard let time = XMLDateTime(signature.signedAt) else { return defects.append("the container does not say when it was signed") }
        do throws(TrustError) {
            if let gap = try trust.signer(.certificate(signature.certificate)).check(at: time, evidence: trust.evidence) {
                notes.append("whether the certificate of the container's signer was revoked is not known: \(gap)")
            }
        } catch {
            defects.append("the signer of the container is not to be trusted: \(error)")
        }
    }

    mutating func record(_ files: ZIPReader) -> Record? {
        guard let bytes = files["record.json"], let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)) else {
            defects.append("record.json is not there, or not readable")
            return nil
        }
        return record
    }

    /// - Parameter wasRefused: then it is no defect that it is refused again.
    mutating func message(_ files: ZIPReader, _ name: String, at moment: XMLDateTime, wasRefused: Bool = false) -> Message? {
        guard let bytes = files[name] else {
            defects.append("\(name) is not in it, so it does not prove that anything was exchanged")
            return nil
        }
        var report = VerificationReport(judgedAt: moment)
        do {
            let envelope = try Envelope(reading: XMLDocument(parsing: bytes, limits: EvidenceJudge.limits))
            let policy = SecurityPolicy(secondEngine: .asked, clock: .notChecked)
            let verified = try EnvelopeVerifier(trust: trust, policy: policy).verify(envelope, at: moment, report: &report)
            return Message(report: report, verified: verified, bytes: bytes)
        } catch {
            if wasRefused { notes.append("\(name) was refused: \(error)") } else { defects.append("\(name): \(error)") }
            return Message(report: report, verified: nil, bytes: bytes)
        }
    }

    /// The dataset is what the signed Body says, not what somebody says that it says; and the record is about this Body.
    mutating func compare(_ request: Message?, with dataset: [UInt8]?, _ record: Record?) {
        guard let verified = request?.verified, let content = verified.content else { return }
        if let named = record?.message.bodyDigest, named != verified.bodyDigest.base64 {
            defects.append("record.json names another Body than request.xml has")
        }
        guard let dataset else { return }
        guard isInOurWords(content) else {
            return notes.append("dataset.json was not compared with Body, which has words of the partner's own: \(content.name)")
        }
        guard let read = try? catalog.dataset(reading: content, as: content.local) else {
            return defects.append("request.xml: its Body is no valid dataset of this program's menu and agreements")
        }
        if read.json() != dataset { defects.append("dataset.json is not what the signed Body says") }
    }

    /// What the gateway found when the message came must be found in it still.
    mutating func compareVerdict(_ verdict: VerificationReport?, with stored: [UInt8]?) {
        struct Stored: Decodable {
            let hash: String?
            let rule: Int?
        }
        guard let verdict, let stored else { return }
        let read = try? JSONDecoder().decode(Stored.self, from: Data(stored))
        if let rule = read?.rule, [Rule.timestampInFuture, .timestampExpired].map(\.number).contains(rule) {
            return notes.append("the message was refused by its Timestamp, by a clock that is not in this file")
        }
        guard let hash = read?.hash else {
            return notes.append("verification.json is older than the hash of verdicts, and was not compared")
        }
        if hash != verdict.hash {
            defects.append("verification.json has another verdict (\(hash)) than the message has now (\(verdict.hash))")
        }
    }

    /// A receipt for another message proves nothing of this one, however well it is signed.
    mutating func relate(_ response: Message?, to request: Message?) -> EvidenceVerdict.Answer? {
        guard let answer = response?.verified, let content = answer.content, let asked = request?.verified else { return nil }
        if answer.signer.owner == asked.signer.owner {
            defects.append("\(asked.signer.owner) signed both the message and the answer to it")
        }
        if ReceivedFault(content, version: answer.subject.version) != nil {
            notes.append("the answer is a fault, which does not name the message that it refuses")
            return .fault
        }
        guard isInOurWords(content) else {
            notes.append("the receipt was not compared with the message: it has words of the partner's own: \(content.name)")
            return nil
        }
        guard let message = catalog.menu.messages[content.local], let read = try? Dataset(reading: content, as: message),
            let receipt = Receipt(read)
        else {
            defects.append("response.xml is neither a receipt nor a fault")
            return nil
        }
        if receipt.digestValue != asked.bodyDigest.base64 || receipt.digestMethod != asked.bodyDigest.algorithm.rawValue {
            defects.append("the receipt is for another Body (\(receipt.digestValue)) than that of request.xml (\(asked.bodyDigest.base64))")
        }
        return .receipt
    }

    /// The documents that travelled in the message, each as the signed Body has it and judged by its own signatures.
    mutating func documents(_ files: ZIPReader, _ request: Message?, verifier: DocumentVerifier) -> [JudgedDocument] {
        guard let verified = request?.verified, let content = verified.content, isInOurWords(content),
            let dataset = try? catalog.dataset(reading: content, as: content.local)
        else {
            if files.files.contains(where: { $0.name.hasPrefix("documents/") }) {
                notes.append("documents/ was not compared with request.xml, whose dataset could not be read")
            }
            return []
        }
        let attached = AttachedDocument.all(in: dataset)
        let paths = attached.enumerated().map { EvidenceContainer.path(of: $1, number: $0 + 1) }
        for name in files.files.map(\.name) where name.hasPrefix("documents/") && !paths.contains(name) {
            defects.append("\(name) did not travel in the message")
        }
        return zip(attached, paths).map { document, path in
            switch files[path] {
            case nil: notes.append("\(path), which travelled in the message, stands in request.xml alone")
            case document.bytes?: break
            default: defects.append("\(path) is not the document that the signed Body has")
            }
            let verdict = verifier.verify(document.bytes)
            return JudgedDocument(
                pointer: document.pointer, fileName: document.fileName, mediaType: document.mediaType, verdict: verdict)
        }
    }

    private func isInOurWords(_ content: XMLElement) -> Bool { catalog.menu.messages[content.local]?.xml == content.name }
}
