internal import Logging
public import Trust
internal import XML

/// Asks OCSP responders.
public protocol RevocationSource: Sendable {
    /// - Returns: the response, DER.
    func ask(_ question: OCSPQuestion) async throws -> [UInt8]
}

/// For commands and tests without a network.
public struct NoRevocationSource: RevocationSource {
    public init() {}

    public func ask(_ question: OCSPQuestion) async throws -> [UInt8] { throw Unavailable() }

    private struct Unavailable: Error, CustomStringConvertible {
        var description: String { "no connection to responders here" }
    }
}

extension Gateway {
    /// Asks a responder once and keeps what came of it: an answer with its bytes, or the failure.
    func ask(_ question: OCSPQuestion) async {
        let evidence = registry.current.trust.evidence
        do {
            let bytes = try await revocation.ask(question)
            evidence.keep(OCSPAnswer(bytes, receivedAt: clock()), to: question)
            logger.info("responder asked", metadata: ["url": "\(question.url)", "certificate": "\(question.fingerprint.hex)"])
        } catch {
            evidence.noteFailure("\(error)", of: question, at: clock())
            logger.error(
                "responder did not answer",
                metadata: ["url": "\(question.url)", "certificate": "\(question.fingerprint.hex)", "error": "\(error)"])
        }
    }
}
