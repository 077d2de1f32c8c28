public import XML

/// A signature that holds: SignatureValue and every digest are right under the given key. Only `init(verifying:)` makes one.
public struct VerifiedSignature {
    public let algorithm: SignatureAlgorithm
    public let parts: [Part]

    /// A signed element: the very node that the Reference resolved to.
    public struct Part {
        public let reference: Reference
        public let element: XMLElement
    }

    /// SignedInfo's SignatureValue first, then the digests of the elements that it names.
    ///
    /// - Parameters:
    ///   - key: the signer's key, from the partner registry; KeyInfo is not read.
    ///   - ids: the elements of the same document by id, each id once.
    public init(
        verifying signed: SignedInfo, key: PublicKey, ids: IDTable, policy: SignaturePolicy
    ) throws(SignatureError) {
        if case .rsa(let bits) = key.kind, bits < policy.minimumRSABits {
            throw .weakKey(bits: bits, minimum: policy.minimumRSABits)
        }
        guard key.kind.fits(signed.algorithm) else {
            throw .keyDoesNotFit(key: key.kind.description, algorithm: signed.algorithm.title)
        }
        let value = signed.signatureValue
        if case .ec(let curve) = key.kind, value.count != 2 * curve.orderBytes {
            throw .signatureValueForm(curve: curve, bytes: value.count, isDER: value.first == 0x30)
        }
        let holds = try canonical(signed.element, signed.canonicalization) {
            key.verifies(value, of: $0, by: signed.algorithm)
        }
        guard holds else { throw .signatureValueWrong }
        var budget = CanonicalBudget(signed.signature.document)
        var parts: [Part] = []
        for reference in signed.references {
            parts.append(
                try VerifiedSignature.part(reference, signature: signed.signature, ids: ids, policy.placement, budget: &budget))
        }
        algorithm = signed.algorithm
        self.parts = parts
    }

    private static func part(
        _ reference: Reference, signature: XMLElement, ids: IDTable, _ placement: SignaturePolicy.Placement, budget: inout CanonicalBudget
    ) throws(SignatureError) -> Part {
        guard let element = reference.id.isEmpty ? signature.document.root : ids[reference.id] else {
            throw .referenceNotFound(uri: reference.uri)
        }
        let isInside = element.contains(signature)
        guard !isInside || placement == .enveloped && reference.isEnveloped else {
            throw .malformed("Reference '\(reference.uri)' covers the element in which the Signature itself lies")
        }
        // With the Signature outside the element, the enveloped-signature transform removes nothing.
        let excluded = isInside ? signature : nil
        try budget.spend(on: element, reference.canonicalization)
        let (digest, count) = try canonical(element, reference.canonicalization, excluding: excluded, atMost: budget.bytes) {
            (Digest(reference.digestAlgorithm, of: $0), $0.count)
        }
        budget.bytes -= count
        guard digest.bytes == reference.digestValue else {
            throw .digestWrong(
                .init(
                    uri: reference.uri, path: element.path, expected: Base64.encode(reference.digestValue),
                    computed: digest.base64, canonicalBytes: count))
        }
        return Part(reference: reference, element: element)
    }
}

private func canonical<Result>(
    _ element: XMLElement, _ method: Canonicalization, excluding excluded: XMLElement? = nil, atMost limit: Int? = nil,
    _ body: (UnsafeRawBufferPointer) -> Result
) throws(SignatureError) -> Result {
    do {
        return try element.withCanonicalBytes(method, excluding: excluded, atMost: limit, body)
    } catch {
        throw .document(error)
    }
}

/// What the digests of one signature may cost together: parts that lie inside each other, or long PrefixLists over many namespaces,
/// would make a message of a megabyte cost many seconds.
private struct CanonicalBudget {
    var bytes: Int
    /// Look-ups of a prefix among the namespaces in scope, which libxml2 does for each prefix of the list at each element.
    private var lookups: Int
    private let namespaces: Int

    private static let lookupsPerByte = 20

    init(_ document: XMLDocument) {
        bytes = document.canonicalLimit
        lookups = max(1_000_000, document.size * CanonicalBudget.lookupsPerByte)
        namespaces = document.namespacesInScope
    }

    mutating func spend(on element: XMLElement, _ method: Canonicalization) throws(SignatureError) {
        let limit = lookups
        switch method.form {
        case .exclusive:
            guard !method.inclusivePrefixes.isEmpty else { return }
            let cost = element.elementCount * method.inclusivePrefixes.count * namespaces
            lookups -= cost
            guard lookups >= 0 else {
                throw .tooMany(
                    "look-ups of PrefixList's prefixes (elements times prefixes times namespaces in scope)", count: cost, limit: limit)
            }
        case .inclusive:
            // Each namespace in scope is looked up among the others, at each element.
            let cost = element.elementCount * namespaces * namespaces
            lookups -= cost
            guard lookups >= 0 else {
                throw .tooMany("look-ups of namespaces (elements times the square of namespaces in scope)", count: cost, limit: limit)
            }
        }
    }
}
