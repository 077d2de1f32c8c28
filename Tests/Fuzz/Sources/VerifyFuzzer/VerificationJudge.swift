import Datasets
import Fuzzing
import SOAP
import Trust
import WSSecurity
import XML
import XMLSignature

/// The road of an inbound message to its verified content, and what must hold of everything that comes through.
struct VerificationJudge {
    static let shared = VerificationJudge(FuzzFolder.current)

    /// Messages that verify.
    let seeds: [[UInt8]]

    private let identities: FuzzIdentities
    private let catalog: Catalog
    private let direct: EnvelopeVerifier
    private let both: EnvelopeVerifier
    /// What was signed in the seeds. A key signs no digest here that is not of a seed's part: signing again leaves digests alone.
    private var bodies: [[UInt8]: [UInt8]] = [:]
    private var timestamps: Set<[UInt8]> = []

    init(_ folder: FuzzFolder) {
        identities = FuzzIdentities(folder)
        catalog = FuzzMessages().catalog
        direct = EnvelopeVerifier(trust: identities.trust, policies: identities.policies(.notAsked))
        both = EnvelopeVerifier(trust: identities.trust, policies: identities.policies(.asked))
        let good = folder.files("seeds/verify", startingWith: "good-")
        guard !good.isEmpty else { fatalError("no seeds; run Tests/Fuzz/run") }
        seeds = good.map(folder.read)
        for (path, seed) in zip(good, seeds) {
            do {
                let verified = try direct.verify(Envelope(reading: XMLDocument(parsing: seed)), at: FuzzIdentities.now)
                let parts = SignedParts(verified)
                bodies[parts.body] = read(verified)
                timestamps.insert(parts.timestamp)
            } catch {
                fatalError("the seed \(path) does not verify: \(error)")
            }
        }
    }

    func judge(_ bytes: [UInt8]) {
        guard let verified = verify(bytes, direct) else { return }
        Fuzzer.noteAccepted()
        let parts = SignedParts(verified)
        guard let expected = bodies[parts.body] else { fatalError("accepted with a Body that was not signed") }
        guard timestamps.contains(parts.timestamp) else { fatalError("accepted with a Timestamp that was not signed") }
        guard read(verified) == expected else { fatalError("accepted, and read as something else than was signed") }
        guard let again = verify(bytes, both) else { fatalError("libxmlsec1 refuses what the direct engine accepts") }
        guard read(again) == expected else { fatalError("after libxmlsec1 looked the message is another") }
    }

    /// As the gateway does it: header blocks and addressing are looked at too.
    private func verify(_ bytes: [UInt8], _ verifier: EnvelopeVerifier) -> Verified<Envelope>? {
        do {
            let envelope = try Envelope(reading: XMLDocument(parsing: bytes))
            var report = VerificationReport(judgedAt: FuzzIdentities.now)
            let verified = try verifier.verify(envelope, at: FuzzIdentities.now, report: &report)
            _ = try? envelope.checkUnderstood(namespaces: [SecurityNamespace.extension1, Addressing.namespace])
            _ = try? Addressing(envelope)
            return verified
        } catch let refusal as SecurityRefusal {
            guard !refusal.description.isEmpty, refusal.rule.number > 0 else { fatalError("a refusal without rule or diagnosis") }
            return nil
        } catch {
            return nil
        }
    }

    /// What would be handed on: the dataset as JSON, empty where Body holds none.
    private func read(_ verified: Verified<Envelope>) -> [UInt8] {
        guard let content = verified.content, let dataset = try? catalog.dataset(reading: content, as: content.local) else { return [] }
        return dataset.json()
    }

    /// The message with the SignatureValue that its SignedInfo would have from the signer of its kind of key. One in eight RSA
    /// signatures is made: one costs as much as thirty of ECDSA.
    func signedAgain(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8]? {
        guard let document = try? XMLDocument(parsing: bytes), let signature = document.root.descendant(.signature("Signature")),
            let signed = try? SignedInfo(reading: signature, policy: .ceiling), let element = signature.child(.signature("SignedInfo")),
            let canonical = try? element.canonicalized(signed.canonicalization)
        else { return nil }
        guard signed.algorithm.scheme == .ecdsa || generator.next(below: 8) == 0 else { return nil }
        let name = signed.algorithm.scheme != .ecdsa ? "rsa" : signed.algorithm == .ecdsaSHA256 ? "p256" : "p384"
        guard let key = identities.signers[name]?.signer as? PrivateKey, let value = try? key.sign(canonical, by: signed.algorithm) else {
            return nil
        }
        return bytes.replacing(Array(Base64.encode(signed.signatureValue).utf8), with: Array(Base64.encode(value).utf8), maxReplacements: 1)
    }
}

/// Exclusive canonical forms of what must be signed, found by place as a receiver's parser would find it.
struct SignedParts {
    let body: [UInt8]
    let timestamp: [UInt8]

    init(_ verified: Verified<Envelope>) {
        let envelope = verified.subject
        let security = envelope.headers(named: XMLName(SecurityNamespace.extension1, "Security"))
        guard let body = envelope.document.root.child(envelope.version.name("Body")), security.count == 1,
            let timestamp = security[0].child(XMLName(SecurityNamespace.utility, "Timestamp")),
            let bodyBytes = try? body.canonicalized(), let timestampBytes = try? timestamp.canonicalized()
        else { fatalError("accepted without a Body and a Timestamp in their places") }
        guard verified.covers(body), verified.covers(timestamp) else { fatalError("accepted without a signed Body and Timestamp") }
        self.body = bodyBytes
        self.timestamp = timestampBytes
    }
}

extension XMLElement {
    /// The first element of that name, this one or one inside it.
    func descendant(_ name: XMLName) -> XMLElement? {
        has(name) ? self : children.lazy.compactMap { $0.descendant(name) }.first { _ in true }
    }
}
