public import SOAP
public import WSSecurity

/// How what we send to a partner is written, as its toolkit wants it.
public struct RequestStyle: Hashable, Sendable {
    public var soapVersion: SOAPVersion
    public var addressing: Addressing
    public var action: ActionSpelling
    public var signing: SigningStyle
    /// Whether attachments go as parts of MTOM's package.
    public var isPackaged: Bool
    /// Whether an answer must repeat the value of our signature (WSS 1.1, section 8.5). One that repeats another is never taken.
    public var wantsConfirmation: Bool

    public enum Addressing: String, Sendable, CaseIterable { case on, off }

    /// How the action is written: as SOAPAction with SOAP 1.1 (section 6.1.1), as `action` of Content-Type with SOAP 1.2.
    public enum ActionSpelling: String, Sendable, CaseIterable { case quoted, unquoted, empty, absent }

    public init(
        soapVersion: SOAPVersion = .v12, addressing: Addressing = .on, action: ActionSpelling = .quoted,
        signing: SigningStyle = SigningStyle(), isPackaged: Bool = false, wantsConfirmation: Bool = false
    ) {
        self.soapVersion = soapVersion
        self.addressing = addressing
        self.action = action
        self.signing = signing
        self.isPackaged = isPackaged
        self.wantsConfirmation = wantsConfirmation
    }
}
