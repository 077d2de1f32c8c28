public import Datasets
public import SOAP
internal import Stores
internal import WSSecurity
internal import XML

/// Why a message is refused: one value with three faces. `code` is what metrics, log and programs see; the fault is what
/// the peer hears; `diagnosis` is what the operator reads.
public struct Refusal: Error, Sendable {
    public let code: String
    public let blame: SOAPFault.Blame
    public let securityCode: String?
    /// A fixed sentence, without anything that only we know.
    public let sentence: String
    public let problems: [DatasetProblem]
    public let diagnosis: String

    init(
        _ code: String, _ blame: SOAPFault.Blame = .sender, securityCode: String? = nil, sentence: String,
        problems: [DatasetProblem] = [], diagnosis: String? = nil
    ) {
        self.code = code
        self.blame = blame
        self.securityCode = securityCode
        self.sentence = sentence.onOneLine(atMost: 600)
        self.problems = problems
        self.diagnosis = (diagnosis ?? sentence).onOneLine(atMost: 4000)
    }
}

extension Refusal: CustomStringConvertible {
    public var description: String { "\(code): \(diagnosis)" }
}

// MARK: What each room's errors become

extension Refusal {
    init(_ error: XMLError) {
        let code =
            switch error {
            case .empty: "empty-message"
            case .tooLarge: "message-too-large"
            case .unsupportedEncoding, .malformedEncoding: "encoding"
            case .documentTypeDeclaration: "doctype"
            case .processingInstruction: "processing-instruction"
            case .tooDeep, .tooManyElements, .tooManyAttributes, .tooManyNamespaceDeclarations, .tooManyNamespacesInScope,
                .startTagTooLong:
                "xml-limit"
            case .relativeNamespace: "relative-namespace"
            case .notWellFormed: "not-well-formed"
            case .canonicalizationFailed: "canonicalization"
            case .duplicateID: "duplicate-id"
            }
        self.init(code, sentence: error.description)
    }

    init(_ error: SOAPError) {
        switch error {
        case .notAnEnvelope: self.init("not-soap", sentence: error.description)
        case .unknownVersion: self.init("soap-version", .versionMismatch, sentence: error.description)
        case .structure: self.init("soap-structure", sentence: error.description)
        case .notUnderstood: self.init("header-not-understood", .mustUnderstand, sentence: error.description)
        }
    }

    init(_ error: SecurityRefusal) {
        self.init(error.code, securityCode: error.faultCode, sentence: Refusal.sentence(error), diagnosis: error.description)
    }

    init(_ error: DatasetError) {
        let count = error.problems.count
        self.init(
            "dataset", sentence: "The dataset has \(count == 1 ? "a problem" : "\(count) problems"); each is listed with its place.",
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
            "message-id-reused",
            sentence: "FunctionalReferenceID was used before for other content; give every new message an id of its own.",
            diagnosis: "FunctionalReferenceID \(id) was accepted before with other content")
    }

    static func bodyContent() -> Refusal {
        Refusal("body-content", sentence: "Body must hold exactly one element, the message of the operation.")
    }

    static func unknownOperation(_ element: String) -> Refusal {
        Refusal("unknown-operation", sentence: "The element \(element) in Body is no message of any operation here.")
    }

    static func unknownAddress(_ name: String) -> Refusal {
        let names = Operation.allCases.map(\.rawValue)
        let near = name.nearest(in: names, within: 4).first.map { "; did you mean /\($0)?" } ?? "."
        return Refusal(
            "unknown-operation", sentence: "There is no operation at /\(name) here\(near) Known: \(names.joined(separator: ", ")).")
    }

    static func operationMismatch(body: String, named: String, by source: String) -> Refusal {
        Refusal("operation-mismatch", sentence: "Body holds \(body), but the \(source) says \(named).")
    }

    static func operationNotProvided(_ operation: Operation, to partner: String) -> Refusal {
        Refusal(
            "operation-not-provided",
            sentence: "The operation \(operation.rawValue) is not provided to you by this gateway.",
            diagnosis: "our roles toward \(partner) do not provide \(operation.rawValue)")
    }

    static func wrongParty(_ element: String, got: Administration?, expected: Administration) -> Refusal {
        let found = got?.description ?? "nobody"
        return Refusal(
            element + "-mismatch", sentence: "The message's \(element) is \(found), but should be \(expected).")
    }

    static func addressing(_ detail: String) -> Refusal { Refusal("addressing", securityCode: "InvalidSecurity", sentence: detail) }

    /// The whole message was not even read.
    public static func tooLarge(limit: Int) -> Refusal {
        Refusal("message-too-large", sentence: "The message is larger than the \(limit) bytes that are read here.")
    }

    static func mediaType(got: String, expected: String) -> Refusal {
        Refusal("media-type", sentence: "The Content-Type is \(got), but this SOAP version's is \(expected).")
    }

    static func overloaded() -> Refusal {
        Refusal("overloaded", .receiver, sentence: "Too much is under way here at the moment; send the same message again later.")
    }

    static func internalError(_ error: any Error) -> Refusal {
        Refusal(
            "internal-error", .receiver,
            sentence: "The message could not be stored; nothing was accepted. Send the same message again later.",
            diagnosis: "\(error)")
    }
}
