public import WSSecurity

/// How a partner's requests are answered, as its toolkit wants it.
public struct AnswerStyle: Hashable, Sendable {
    public enum Form: String, CaseIterable, Sendable { case signed, unsigned }

    public var signing: SigningStyle
    public var receipts: Form
    public var faults: Form
    /// HTTP status of a fault: 500, or what the toolkit asks for; it loses the fault on others.
    public var faultStatus: Int
    /// Whether the value of the request's signature is repeated, signed (WSS 1.1, section 8.5).
    public var confirmsSignature: Bool
    /// Whether answers come as a package of MTOM; they have no attachments.
    public var isPackaged: Bool

    public init(
        signing: SigningStyle = SigningStyle(), receipts: Form = .signed, faults: Form = .signed, faultStatus: Int = 500,
        confirmsSignature: Bool = false, isPackaged: Bool = false
    ) {
        self.signing = signing
        self.receipts = receipts
        self.faults = faults
        self.faultStatus = faultStatus
        self.confirmsSignature = confirmsSignature
        self.isPackaged = isPackaged
    }
}
