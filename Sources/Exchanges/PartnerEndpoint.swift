public import SOAP
public import WSSecurity

/// How the partner's own gateway is called.
public struct PartnerEndpoint: Sendable {
    /// Address without the operation, such as `https://test.coconect.customs.go.kr`.
    public let baseURL: String
    public let soapVersion: SOAPVersion
    public let addressing: Addressing
    /// How what we send is signed.
    public let signing: SigningStyle
    /// Tries before a message is parked for a person.
    public let tries: Int
    /// Seconds to wait for an answer.
    public let timeout: Int

    public enum Addressing: String, Sendable, Codable, CaseIterable { case on, off }

    public init(
        baseURL: String, soapVersion: SOAPVersion = .v12, addressing: Addressing = .on, signing: SigningStyle = SigningStyle(),
        tries: Int = 12, timeout: Int = 30
    ) {
        self.baseURL = baseURL
        self.soapVersion = soapVersion
        self.addressing = addressing
        self.signing = signing
        self.tries = tries
        self.timeout = timeout
    }

    public func address(of operation: Operation) -> String { baseURL + "/" + operation.rawValue }
}
