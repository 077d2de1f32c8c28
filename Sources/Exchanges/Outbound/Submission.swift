public import Datasets
public import Stores

/// What became of a dataset that was handed over from inside.
public enum Submission: Sendable {
    /// Durable and queued.
    case queued(StoredMessage)
    /// The same message was handed over before.
    case known(StoredMessage)
    case refused(SubmissionError)
}

public enum SubmissionError: Error, Sendable, CustomStringConvertible {
    case unknownPartner(String, nearest: String?)
    case operationNotCalled(Operation, partner: String)
    case partnerSuspended(String)
    case dataset([DatasetProblem])
    case messageIDReused(String)
    /// Feedback or cancelation status on a certificate that never came.
    case certificateUnknown(String, partner: String)
    /// A cancelation cannot be agreed to while preference is given under the certificate.
    case preferenceGiven(String)
    /// Nothing was accepted, and the dataset is not at fault.
    case storeFailed

    public var description: String {
        switch self {
        case .unknownPartner(let name, let nearest):
            "no partner is named \(name)" + (nearest.map { "; did you mean \($0)?" } ?? "")
        case .operationNotCalled(let operation, let partner):
            "our roles toward \(partner) do not include calling \(operation.rawValue)"
        case .partnerSuspended(let name):
            "the exchange with \(name) is suspended; set standing to active in its file and reload"
        case .dataset(let problems): DatasetError(problems).description
        case .certificateUnknown(let number, let partner):
            "no certificate \(number) was received from \(partner); compare the number, character by character"
        case .preferenceGiven(let number):
            "preference was given under certificate \(number): answer NOT_CANCELED with reason USED, or revoke the treatment first"
        case .storeFailed: "the message could not be stored; nothing was accepted: send it again later"
        case .messageIDReused(let id): "functionalReferenceId \(id) was used before for other content"
        }
    }
}
