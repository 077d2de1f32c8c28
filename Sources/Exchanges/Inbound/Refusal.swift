public import Datasets
public import SOAP
internal import WSSecurity
internal import XML

/// Why a message is refused: one value with three faces. The rule is what metrics, log and programs see; the fault is what
/// the peer hears; `diagnosis` is what the operator reads.
public struct Refusal: Error, Sendable {
    public let rule: Rule
    public let blame: SOAPFault.Blame
    public let securityCode: String?
    /// A fixed sentence, without anything that only we know.
    public let sentence: String
    public let problems: [DatasetProblem]
    public let diagnosis: String

    init(
        _ rule: Rule, _ blame: SOAPFault.Blame = .sender, securityCode: String? = nil, sentence: String,
        problems: [DatasetProblem] = [], diagnosis: String? = nil
    ) {
        self.rule = rule
        self.blame = blame
        self.securityCode = securityCode
        self.sentence = sentence.onOneLine(atMost: 600)
        self.problems = problems
        self.diagnosis = (diagnosis ?? sentence).onOneLine(atMost: 4000)
    }

    public var code: String { rule.code }
}

extension Refusal: CustomStringConvertible {
    public var description: String { "\(code): \(diagnosis)" }
}

// MARK: What each room's errors become

extension Refusal {
    init(_ error: XMLError) { self.init(error.rule, sentence: error.description) }

    init(_ error: XOPError) { self.init(error.rule, sentence: error.description) }

    init(_ error: SOAPError) {
        let blame: SOAPFault.Blame =
            switch error {
            case .unknownVersion: .versionMismatch
            case .notUnderstood: .mustUnderstand
            case .notAnEnvelope, .structure: .sender
            }
        self.init(error.rule, blame, sentence: error.description)
    }

    init(_ error: SecurityRefusal) {
        switch error {
        case .trust(.revocationUnknown), .trust(.responderNotAsked):
            // The sender did nothing wrong and may try again.
            self.init(error.rule, .receiver, sentence: Refusal.sentence(error), diagnosis: error.description)
        default:
            self.init(error.rule, securityCode: error.faultCode, sentence: Refusal.sentence(error), diagnosis: error.description)
        }
    }

    init(_ error: DatasetError) {
        let count = error.problems.count
        self.init(
            .dataset, sentence: "The dataset has \(count == 1 ? "a problem" : "\(count) problems"); each is listed with its place.",
            problems: error.problems, diagnosis: error.description)
    }

    /// What a peer hears of a signature that was not accepted: which rule, and what to do; where it is about the peer's own
    /// message, also the place.
    private static func sentence(_ error: SecurityRefusal) -> String {
        switch error {
        case .trust(.unknownSigner): "The signing certificate is not registered here; send it to the operator of this gateway."
        case .trust(.expired): "The signing certificate has expired; register its successor."
        case .trust(.notYetValid): "The signing certificate is not valid yet."
        case .trust(.mayNotSign): "The key usage of the signing certificate does not allow digital signatures."
        case .trust(.certificationAuthority): "The signing certificate is a certification authority's."
        case .trust(.ambiguousSigner): "The signing certificate could be of several partners; send the certificate itself."
        case .trust(.otherEnvironment): "The signing certificate is made for another environment."
        case .trust(.notYetAnnounced): "The signing certificate is registered here for a later time."
        case .trust(.retired): "The use of the signing certificate has ended here; sign with its successor."
        case .trust(.path): "The signing certificate does not come from the registered authority as it should."
        case .trust(.revoked): "The signing certificate was revoked."
        case .trust(.revocationUnknown), .trust(.responderNotAsked):
            "Whether the signing certificate was revoked cannot be said at the moment; send the same message again later."
        case .signature(.signatureValueWrong):
            "SignatureValue does not belong to SignedInfo and the key of the signing certificate."
        case .signature(.digestWrong(let mismatch)):
            "The digest of \(mismatch.path) is not the one that was signed; the content was changed after signing."
        case .secondOpinion: "The signature is not good."
        default: error.description
        }
    }

    static func messageIDReused(_ id: String) -> Refusal {
        Refusal(
            .messageIDReused,
            sentence: "FunctionalReferenceID was used before for other content; give every new message an id of its own.",
            diagnosis: "FunctionalReferenceID \(id) was accepted before with other content")
    }

    static func certificateUnknown(_ number: String) -> Refusal {
        Refusal(
            .certificateUnknown, sentence: "No certificate with this number was sent to you by this gateway.",
            diagnosis: "the certificate \(number) was never sent to this partner")
    }

    static func bodyContent() -> Refusal {
        Refusal(.bodyContent, sentence: "Body must hold exactly one element, the message of the operation.")
    }

    static func unknownOperation(_ element: String) -> Refusal {
        Refusal(.unknownOperation, sentence: "The element \(element) in Body is no message of any operation here.")
    }

    static func unknownAddress(_ name: String) -> Refusal {
        let names = Operation.allCases.map(\.rawValue)
        let near = name.nearest(in: names, within: 4).first.map { "; did you mean /\($0)?" } ?? "."
        return Refusal(
            .unknownOperation, sentence: "There is no operation at /\(name) here\(near) Known: \(names.joined(separator: ", ")).")
    }

    /// - Parameter what: such as `Body holds SendCO`.
    static func operationMismatch(_ what: String, named: String, by source: String) -> Refusal {
        Refusal(.operationMismatch, sentence: "\(what), but the \(source) says \(named.onOneLine(atMost: 200)).")
    }

    static func operationNotProvided(_ operation: Operation, to partner: String) -> Refusal {
        Refusal(
            .operationNotProvided,
            sentence: "The operation \(operation.rawValue) is not provided to you by this gateway.",
            diagnosis: "our roles toward \(partner) do not provide \(operation.rawValue)")
    }

    static func operationNotGranted(_ operation: Operation, to partner: String) -> Refusal {
        Refusal(
            .operationNotGranted, sentence: "The operation \(operation.rawValue) is not granted to you by this gateway.",
            diagnosis: "the file of \(partner) does not grant \(operation.rawValue)")
    }

    static func agreementNotGranted(_ agreement: String, to partner: String) -> Refusal {
        Refusal(
            .agreementNotGranted, sentence: "The agreement \(agreement) is not granted to you by this gateway.",
            diagnosis: "the file of \(partner) does not grant \(agreement)")
    }

    static func clientCertificate(_ subject: String?, partner: String) -> Refusal {
        Refusal(
            .clientCertificate,
            sentence:
                "The TLS client certificate of this connection is not one that is registered for the signer; register it, or connect with "
                + "the registered one.",
            diagnosis: "signed by \(partner), but the connection's certificate is \(subject ?? "absent")")
    }

    static func partnerSuspended(_ partner: String) -> Refusal {
        Refusal(
            .partnerSuspended, sentence: "The exchange with you is suspended; ask the operator of this gateway.",
            diagnosis: "the file of \(partner) says suspended")
    }

    static func wrongParty(_ element: String, got: Administration?, expected: Administration) -> Refusal {
        let found = got?.description ?? "nobody"
        return Refusal(
            element == "sender" ? .senderMismatch : .receiverMismatch,
            sentence: "The message's \(element) is \(found), but should be \(expected).")
    }

    static func addressing(_ detail: String) -> Refusal { Refusal(.addressing, securityCode: "InvalidSecurity", sentence: detail) }

    /// The whole message was not even read.
    public static func tooLarge(limit: Int) -> Refusal {
        Refusal(.messageTooLarge, sentence: "The message is larger than the \(limit) bytes that are read here.")
    }

    static func mediaType(got: String, expected: String) -> Refusal {
        Refusal(.mediaType, sentence: "The Content-Type is \(got), but this SOAP version's is \(expected).")
    }

    static func overloaded() -> Refusal {
        Refusal(.overloaded, .receiver, sentence: "Too much is under way here at the moment; send the same message again later.")
    }

    static func internalError(_ error: any Error) -> Refusal {
        Refusal(
            .internalError, .receiver,
            sentence: "The message could not be stored; nothing was accepted. Send the same message again later.",
            diagnosis: "\(error)")
    }
}
