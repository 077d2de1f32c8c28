internal import Datasets
public import SOAP
internal import Trust
internal import WSSecurity
internal import XML
internal import XMLSignature

/// A partner's answer, judged: only a receipt that the partner signed and that names what we sent is a receipt.
public enum PartnerAnswer: Sendable {
    case receipt(Receipt, signer: String)
    /// A fault that the partner signed: its word, final where it blames the sender.
    case fault(ReceivedFault, blame: Blame)

    public enum Blame: Sendable { case sender, receiver }

    init(
        _ bytes: [UInt8], status: Int, trust: TrustStore, operation: MenuOperation, sent: SentMessage, policy: SecurityPolicy,
        limits: XMLLimits, at now: XMLDateTime, report: inout VerificationReport
    ) throws(UntrustedAnswer) {
        let envelope: Envelope
        do {
            envelope = try Envelope(reading: XMLDocument(parsing: bytes, limits: limits))
        } catch {
            throw UntrustedAnswer("HTTP \(status) without a SOAP answer: \(error)")
        }
        let verified: Verified<Envelope>
        do {
            verified = try EnvelopeVerifier(trust: trust, policy: policy).verify(envelope, at: now, report: &report)
        } catch {
            if case .trust(.responderNotAsked(let question)) = error {
                throw UntrustedAnswer("whether the partner's certificate was revoked is not known", question: question)
            }
            let claim = envelope.claimedFault.map { "; it says, and nobody vouches for it: \($0.onOneLine(atMost: 400))" } ?? ""
            throw UntrustedAnswer("the answer (HTTP \(status)) is not signed as it must be (\(error.code)): \(error)\(claim)")
        }
        try sent.checkRelation(verified)
        try sent.checkConfirmation(verified)
        guard let content = verified.content else { throw UntrustedAnswer("Body of the answer does not hold exactly one element") }
        if let fault = ReceivedFault(content, version: envelope.version) {
            self = .fault(fault, blame: fault.blamesReceiver ? .receiver : .sender)
            return
        }
        let answer: Dataset
        do {
            answer = try Dataset(reading: content, as: operation.response)
        } catch {
            throw UntrustedAnswer("the answer is not a \(operation.response.xml.local): \(error)")
        }
        guard let receipt = Receipt(answer) else { throw UntrustedAnswer("the answer holds no receipt") }
        try sent.check(receipt)
        self = .receipt(receipt, signer: verified.signer.certificate.fingerprint.hex)
    }
}

/// What we sent, as far as the receipt must give it back.
struct SentMessage: Sendable {
    let messageID: String
    /// The MessageID of WS-Addressing, where we sent one.
    let addressingID: String?
    let bodyDigest: Digest
    /// Base64, of the try before, where there was one.
    let earlierDigest: String?
    let signatureValue: [UInt8]
    let wantsConfirmation: Bool

    /// An answer that says what it relates to must say so signed, and mean this message.
    func checkRelation(_ answer: Verified<Envelope>) throws(UntrustedAnswer) {
        let relatesTo: XMLElement?
        do { relatesTo = try Addressing(answer.subject).relatesTo } catch {
            throw UntrustedAnswer("the answer has the header \(error.header) more than once")
        }
        // One that was signed and moved elsewhere would count as none.
        guard answer.signed(.addressing("RelatesTo")).count == (relatesTo.map(answer.covers) == true ? 1 : 0) else {
            throw UntrustedAnswer("a signed RelatesTo stands elsewhere than in Header")
        }
        guard let relatesTo else { return }
        guard answer.covers(relatesTo) else {
            throw UntrustedAnswer("the answer's RelatesTo is not signed: sign it, or send none")
        }
        guard relatesTo.text.trimmedXML == addressingID else {
            throw UntrustedAnswer("the answer relates to \(relatesTo.text.trimmedXML.onOneLine(atMost: 200)), not to what was sent")
        }
    }

    /// An answer that confirms a signature must confirm ours, signed (WSS 1.1, section 8.5).
    func checkConfirmation(_ answer: Verified<Envelope>) throws(UntrustedAnswer) {
        let confirmed = answer.confirmedValues
        guard answer.signed(.signatureConfirmation).count <= confirmed.count else {
            throw UntrustedAnswer("a signed SignatureConfirmation stands elsewhere than in the Security header")
        }
        guard confirmed.allSatisfy({ $0 == signatureValue }) else {
            throw UntrustedAnswer("the answer's SignatureConfirmation is not signed, or is for another request's signature")
        }
        guard !confirmed.isEmpty || !wantsConfirmation else {
            throw UntrustedAnswer("the answer has no SignatureConfirmation, which endpoint.signatureConfirmation demands")
        }
    }

    func check(_ receipt: Receipt) throws(UntrustedAnswer) {
        guard receipt.functionalReferenceID == messageID else {
            throw UntrustedAnswer("the receipt is for message \(receipt.functionalReferenceID), but \(messageID) was sent")
        }
        let isOfThisTry = receipt.digestMethod == bodyDigest.algorithm.rawValue && receipt.digestValue == bodyDigest.base64
        // A value of another length is of another algorithm, so the value alone says which.
        guard isOfThisTry || receipt.digestValue == earlierDigest else {
            throw UntrustedAnswer(
                "the receipt names the digest \(receipt.digestValue) (\(receipt.digestMethod)), but \(bodyDigest.base64) was sent")
        }
    }
}

/// An answer that cannot be taken for the partner's word; the message counts as unanswered.
struct UntrustedAnswer: Error, CustomStringConvertible {
    let description: String
    /// Asked of an OCSP responder, the answer may turn out to be the partner's word.
    let question: OCSPQuestion?

    init(_ description: String, question: OCSPQuestion? = nil) {
        self.description = description
        self.question = question
    }
}

extension ReceivedFault {
    fileprivate var blamesReceiver: Bool {
        let local = code.split(separator: " ").first.flatMap { $0.split(separator: ":").last } ?? ""
        return ["Server", "Receiver"].contains(local) || local.hasPrefix("Server.") || code.contains("MessageExpired")
    }
}

extension OutboundResponse {
    /// The SOAP message in it, taken out of MTOM's package where it came in one.
    func message(limits: XMLLimits) throws(UntrustedAnswer) -> [UInt8] {
        let media = MediaType(contentType)
        guard media.isPackage else { return bytes }
        do { return try XOPReader.message(bytes, media, limits: limits) } catch {
            throw UntrustedAnswer("HTTP \(status): \("\(error)".onOneLine(atMost: 600))")
        }
    }
}
