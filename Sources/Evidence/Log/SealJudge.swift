internal import Exchanges
internal import Stores
public import Trust
internal import XML
internal import XMLSignature

/// Whose seals and stamps are believed.
public struct SealTrust: Sendable {
    /// Certificates that the gateway signs with, or did.
    public var signers: [Certificate]
    /// Of the timestamp authority.
    public var anchors: [Certificate]

    public init(signers: [Certificate], anchors: [Certificate]) {
        self.signers = signers
        self.anchors = anchors
    }
}

/// Judges one seal by itself: its leaves, its statement, who signed it and when, who stamped it.
struct SealJudge {
    let trust: SealTrust

    private static let limits = XMLLimits(bytes: 1 << 20)

    enum Signature {
        case missing
        case good(by: Certificate, at: String)
        case bad(String)
    }

    func signature(_ document: [UInt8]?, of statement: [UInt8]) -> Signature {
        guard let document else { return .missing }
        let signature: FileSignature
        do { signature = try FileSignature(verifying: XMLDocument(parsing: document, limits: SealJudge.limits)) } catch {
            return .bad("its signature is not good: \(error)")
        }
        guard signature.files == [SealStatement.file: Digest(of: statement)] else { return .bad("its signature is over something else") }
        guard let signer = trust.signers.first(where: { $0.der == signature.certificate }) else {
            let subject = (try? Certificate(der: signature.certificate))?.subject ?? "somebody"
            return .bad("it is signed by \(subject), who is not among the gateway's own certificates")
        }
        guard let time = XMLDateTime(signature.signedAt) else { return .bad("its signature names no time") }
        do throws(TrustError) { try signer.checkSigner(at: time) } catch { return .bad("its signer could not sign: \(error)") }
        return .good(by: signer, at: signature.signedAt)
    }

    enum Stamp {
        case missing
        /// No anchors were given.
        case notJudged
        case good(Timestamp)
        case bad(String)
    }

    func stamp(_ response: [UInt8]?, of signature: [UInt8]?) -> Stamp {
        guard let response, let signature else { return .missing }
        guard !trust.anchors.isEmpty else { return .notJudged }
        do throws(Timestamp.Defect) {
            return .good(try Timestamp(verifying: response, of: signature, anchors: trust.anchors))
        } catch { return .bad("its stamp is not good: \(error)") }
    }
}
