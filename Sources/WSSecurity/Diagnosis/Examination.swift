internal import SOAP
internal import Trust
internal import XML
internal import XMLSignature

/// One message whose signature does not hold, and what may have been signed in its place.
struct Examination {
    private let header: SecurityHeader
    private let info: SignedInfo
    private let ids: IDTable
    private let envelope: Envelope
    private let trust: TrustStore
    private let signer: KnownSigner
    private let budget: Budget

    /// What is left of the effort.
    private final class Budget {
        var bytes: Int

        init(_ bytes: Int) {
            self.bytes = bytes
        }
    }

    init(_ envelope: Envelope, trust: TrustStore, _ effort: Diagnosis.Effort) throws {
        budget = Budget(effort.bytes)
        self.envelope = envelope
        self.trust = trust
        ids = try IDTable(envelope.document, names: SecurityNamespace.idNames)
        header = try SecurityHeader(envelope)
        info = try SignedInfo(reading: header.signature, policy: .ceiling)
        signer = try trust.signer(try header.certificate(info.keyInfo, ids: ids))
    }

    /// SignedInfo first: of what it says of the parts only a signed one is worth something.
    func diagnosis(of refusal: SecurityRefusal) -> Diagnosis? {
        let key = signer.certificate.publicKey
        var found: (damage: Damage, comparison: Diagnosis.Comparison)?
        if !isSigned(canonical(info.element, info.canonicalization) ?? [], by: key) {
            if let other = otherSigner() { return Diagnosis(refusal, .otherCertificate, nil, other) }
            found = cause(of: info.element, info.canonicalization) { isSigned($0, by: key) }
            guard found != nil else { return Diagnosis(refusal, nil) }
        }
        for reference in info.references {
            guard let element = ids[reference.id] else { return Diagnosis(refusal, nil) }
            func fits(_ bytes: [UInt8]) -> Bool { Digest(reference.digestAlgorithm, of: bytes).bytes == reference.digestValue }
            guard !fits(canonical(element, reference.canonicalization) ?? []) else { continue }
            guard let cause = cause(of: element, reference.canonicalization, fits) ?? otherElement(than: element, fits) else {
                return Diagnosis(refusal, nil)
            }
            found = cause
        }
        return found.map { Diagnosis(refusal, $0.damage, nil, $0.comparison) }
    }

    private func isSigned(_ bytes: [UInt8], by key: PublicKey) -> Bool {
        bytes.withUnsafeBytes { key.verifies(info.signatureValue, of: $0, by: info.algorithm) }
    }

    private func canonical(_ element: XMLElement, _ method: Canonicalization) -> [UInt8]? { try? element.canonicalized(method) }

    private func cause(
        of element: XMLElement, _ method: Canonicalization, _ fits: ([UInt8]) -> Bool
    ) -> (damage: Damage, comparison: Diagnosis.Comparison)? {
        guard let received = canonical(element, method) else { return nil }
        func found(_ damage: Damage, _ bytes: [UInt8]?) -> (Damage, Diagnosis.Comparison)? {
            guard let bytes, fits(bytes) else { return nil }
            return (damage, Diagnosis.Comparison(element, received: received, signed: bytes))
        }
        if let found = found(.inclusive, canonical(element, Canonicalization(form: .inclusive))) { return found }
        if let found = found(
            .commentsKept, canonical(element, Canonicalization(comments: .kept, inclusivePrefixes: method.inclusivePrefixes)))
            ?? found(.commentsKept, canonical(element, Canonicalization(form: .inclusive, comments: .kept)))
        {
            return found
        }
        let part = Markup(received)
        let plain = part.withoutIndentation
        let isIndented = plain.bytes != received
        for damage in Damage.allCases {
            for markup in damage == .reindented || !isIndented ? [part] : [part, plain] {
                for bytes in damage.undone(markup) {
                    guard isAffordable(bytes.count) else { return nil }
                    if let found = found(damage, reparsed(bytes, method)) { return found }
                }
            }
        }
        for list in prefixLists(method) where isAffordable(received.count) {
            if let found = found(.prefixListLost, canonical(element, Canonicalization(inclusivePrefixes: list))) { return found }
        }
        return nil
    }

    private func isAffordable(_ bytes: Int) -> Bool {
        budget.bytes -= bytes
        return budget.bytes >= 0
    }

    /// Prefixes that a signer may have listed: those that are declared in the message, one by one and together.
    private func prefixLists(_ method: Canonicalization) -> [[String]] {
        let whole = canonical(envelope.document.root, Canonicalization(form: .inclusive))
        let declared = whole.map { PrefixTemplate(Markup($0)).declared.values.sorted() } ?? []
        let names = declared.map { $0.isEmpty ? "#default" : $0 }.prefix(12)
        let pairs = names.flatMap { one in names.filter { $0 > one }.map { [one, $0] } }
        return ([[]] + names.map { [$0] } + pairs + [Array(names)]).filter { $0 != method.inclusivePrefixes }
    }

    /// A part with something undone stands alone, so that only what is in it counts.
    private func reparsed(_ bytes: [UInt8], _ method: Canonicalization) -> [UInt8]? {
        guard let document = try? XMLDocument(parsing: bytes, limits: XMLLimits(bytes: bytes.count)) else { return nil }
        return canonical(document.root, method)
    }

    private func otherElement(
        than element: XMLElement, _ fits: ([UInt8]) -> Bool
    ) -> (damage: Damage, comparison: Diagnosis.Comparison)? {
        guard let received = canonical(element, .exclusive) else { return nil }
        let near = [envelope.document.root] + envelope.document.root.children.flatMap { [$0] + Array($0.children) }
        for other in Array(element.children.prefix(1)) + near where !other.isSameNode(as: element) {
            for bytes in [canonical(other, .exclusive), canonical(other, Canonicalization(form: .inclusive))] {
                guard let bytes, fits(bytes) else { continue }
                return (.otherElement, Diagnosis.Comparison(other, received: received, signed: bytes))
            }
        }
        return nil
    }

    /// A certificate of the same partner whose key signed.
    private func otherSigner() -> Diagnosis.Comparison? {
        guard let bytes = canonical(info.element, info.canonicalization) else { return nil }
        let others = trust.certificates.filter { $0.owner == signer.owner && $0.certificate.fingerprint != signer.certificate.fingerprint }
        guard let other = others.first(where: { isSigned(bytes, by: $0.certificate.publicKey) }) else { return nil }
        func name(_ certificate: Certificate) -> String { "\(certificate.subject), serial number \(certificate.serialNumber)" }
        return Diagnosis.Comparison(
            part: info.element.path, received: "names \(name(signer.certificate))", signed: "signed by \(name(other.certificate))")
    }
}

extension Diagnosis.Comparison {
    init(part: String, received: String, signed: String) {
        self.part = part
        self.received = received
        self.signed = signed
    }
}
