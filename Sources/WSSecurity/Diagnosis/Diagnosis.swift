public import SOAP
public import Trust
public import XML
internal import XMLSignature

/// Why the signature of a message does not hold: what is known to happen to messages is tried to be undone, until a digest or the
/// signature fits.
///
/// It decides nothing. Whatever it finds, the message stays refused.
public struct Diagnosis: Sendable, Encodable {
    /// What the verifier said.
    public let refusal: String
    /// `nil` where no known cause fits.
    public let cause: Damage?
    /// What happened, and what to do.
    public let text: String
    /// The part that it is about, and its canonical bytes as they arrived and as they were signed, around their first difference.
    public let part: String?
    public let received: String?
    public let signed: String?

    /// - Parameters:
    ///   - now: the moment for which the Timestamp is judged.
    ///   - effort: how much may be tried.
    /// - Returns: `nil` where the message verifies.
    public static func of(
        _ envelope: Envelope, trust: TrustStore, policy: SecurityPolicy = SecurityPolicy(), at now: XMLDateTime, effort: Effort = .thorough
    ) -> Diagnosis? {
        do {
            _ = try EnvelopeVerifier(trust: trust, policy: policy).verify(envelope, at: now)
            return nil
        } catch {
            switch error {
            case .created, .expired: return Diagnosis(error, .clock)
            case .signature(.signatureValueWrong), .signature(.digestWrong):
                return (try? Examination(envelope, trust: trust, effort))?.diagnosis(of: error) ?? Diagnosis(error, nil)
            default: return Diagnosis(error, nil, error.rule.remedy)
            }
        }
    }

    public enum Effort: Sendable {
        /// Beside the work of a gateway: some tens of milliseconds.
        case quick
        /// For a person who waits.
        case thorough

        /// Bytes that are canonicalized and digested anew.
        var bytes: Int {
            switch self {
            case .quick: 1024 * 1024
            case .thorough: 128 * 1024 * 1024
            }
        }
    }

    init(_ refusal: SecurityRefusal, _ cause: Damage?, _ remedy: String? = nil, _ comparison: Comparison? = nil) {
        self.refusal = refusal.description
        self.cause = cause
        text = cause?.text ?? remedy ?? "No known cause fits: the content itself was changed after signing, or it was signed otherwise."
        part = comparison?.part
        received = comparison?.received
        signed = comparison?.signed
    }

    struct Comparison {
        let part: String
        let received: String
        let signed: String

        private static let before = 30
        private static let after = 90

        init(_ element: XMLElement, received: [UInt8], signed: [UInt8]) {
            part = element.path
            let same = zip(received, signed).prefix { $0 == $1 }.count
            func excerpt(_ bytes: [UInt8]) -> String {
                let start = max(0, same - Comparison.before)
                let text = String(decoding: bytes[start..<min(bytes.count, same + Comparison.after)], as: UTF8.self)
                return "byte \(same) of \(bytes.count): …" + text.debugDescription.dropFirst().dropLast() + "…"
            }
            self.received = excerpt(received)
            self.signed = excerpt(signed)
        }
    }
}
