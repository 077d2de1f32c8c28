public import SOAP
public import WSSecurity

/// One message that must not get through, or one that must.
public struct Attack: Sendable {
    /// As the list of threats names it, such as `W1`.
    public let name: String
    public let title: String
    public let shape: Shape
    public let bytes: [UInt8]
    public let contentType: String
    /// Headers beside Content-Type.
    public let headers: [String: String]
    public let expectation: Expectation

    /// The rule by which it is refused, or that it is accepted.
    public enum Expectation: Hashable, Sendable {
        case accepted
        /// Any of these codes, where it depends on the shape which check comes first.
        case refused(Set<String>)
        /// Turned away before any message is seen.
        case status(Int)
    }
}

/// How a partner's messages look.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    public let version: SOAPVersion
    public let addressing: Addressing
    public let token: SigningStyle.Token

    public enum Addressing: String, CaseIterable, Sendable { case with, without }

    public init(version: SOAPVersion, addressing: Addressing, token: SigningStyle.Token) {
        self.version = version
        self.addressing = addressing
        self.token = token
    }

    /// Both versions, with and without WS-Addressing, each way to name the certificate.
    public static let all: [Shape] = SOAPVersion.allCases.flatMap { version in
        Addressing.allCases.flatMap { addressing in
            SigningStyle.Token.allCases.map { Shape(version: version, addressing: addressing, token: $0) }
        }
    }

    public var description: String { "SOAP \(version.rawValue), \(addressing.rawValue) addressing, \(token.rawValue)" }
}
