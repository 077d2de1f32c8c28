public import SOAP
internal import WSSecurity

/// Rules about partners, operations, message ids and the dataset; and what is our own fault. Numbers and codes are never changed and never used again.
extension Rule {
    public static let partnerSuspended = Rule(
        701, "partner-suspended",
        reason: "The exchange with this partner is suspended.",
        remedy: "Ask the operator of this gateway.")
    public static let unknownOperation = Rule(
        702, "unknown-operation",
        reason: "Address and Body must be those of one of the four operations.",
        remedy: "Use the WSDL of the operation, at its address with ?wsdl.")
    public static let bodyContent = Rule(
        703, "body-content",
        reason: "Body holds exactly one element, the message.",
        remedy: "Use document/literal wrapped, as the WSDL has it.")
    public static let operationMismatch = Rule(
        704, "operation-mismatch",
        reason: "Address, SOAPAction or Action and Body must name the same operation.",
        remedy: "Send each message to its own address.")
    public static let operationNotProvided = Rule(
        705, "operation-not-provided",
        reason: "Our role toward this partner does not provide the operation.",
        remedy: "The exporting side sends certificates, the importing side answers; ask the operator which role holds.")
    public static let operationNotGranted = Rule(
        706, "operation-not-granted",
        reason: "The operation is not granted to this partner.",
        remedy: "Ask the operator of this gateway.")
    public static let agreementNotGranted = Rule(
        707, "agreement-not-granted",
        reason: "The agreement is not granted to this partner.",
        remedy: "Ask the operator of this gateway.")
    public static let clientCertificate = Rule(
        708, "client-certificate",
        reason: "The TLS client certificate must be one of the partner whose certificate signs.",
        remedy: "Connect with the client certificate that is registered here.")
    public static let messageIDReused = Rule(
        709, "message-id-reused",
        reason: "A FunctionalReferenceID stands for one content for ever.",
        remedy: "Give every new message an id of its own; send the same bytes to repeat one.")
    public static let senderMismatch = Rule(
        710, "sender-mismatch",
        reason: "The sender in the message must be the partner that signs.",
        remedy: "Write country and agency as they are registered here.")
    public static let receiverMismatch = Rule(
        711, "receiver-mismatch",
        reason: "The receiver in the message must be this administration.",
        remedy: "Send the message to the administration that it names.")
    public static let dataset = Rule(
        712, "dataset",
        reason: "The dataset must keep the menu and the rules of its agreement.",
        remedy: "Each problem is listed with its place; coconect-soap check-dataset finds them beforehand.")
    public static let certificateUnknown = Rule(
        713, "certificate-unknown",
        reason: "Feedback and cancelation status are about a certificate that this gateway sent to its sender.",
        remedy: "Compare the certificate's number with the one received, character by character.")
    public static let overloaded = Rule(
        901, "overloaded",
        reason: "Too much is under way here.",
        remedy: "Send the same message again later.")
    public static let tooManyRequests = Rule(
        902, "too-many-requests",
        reason: "The rate or the number of requests at one time is limited for each partner.",
        remedy: "Wait as long as Retry-After says and send the same message again.")
    public static let internalError = Rule(
        903, "internal-error",
        reason: "Something failed on our side; nothing was accepted.",
        remedy: "Send the same message again later; tell the operator the correlation id.")

    static let exchangeRules: [Rule] = [
        .partnerSuspended, .unknownOperation, .bodyContent, .operationMismatch, .operationNotProvided, .operationNotGranted,
        .agreementNotGranted, .clientCertificate, .messageIDReused, .senderMismatch, .receiverMismatch, .dataset, .certificateUnknown,
        .overloaded,
        .tooManyRequests, .internalError,
    ]

    /// Every rule by which a message can be refused, by number.
    public static let all: [Rule] = documentRules + securityRules + exchangeRules
}
