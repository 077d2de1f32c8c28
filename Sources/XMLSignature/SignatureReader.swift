internal import XML

/// Reads the structure of XML Signature, section 4, and refuses whatever the policy does not name.
struct SignatureReader {
    let policy: SignaturePolicy

    /// The child elements by name, each exactly once and in this order.
    func children(
        of element: XMLElement, _ names: [String], optional: Set<String> = []
    ) throws(SignatureError) -> [String: XMLElement] {
        guard !element.hasStrayText else { throw .malformed("text inside \(element.local)") }
        var found: [String: XMLElement] = [:]
        var rest = names[...]
        for child in element.children {
            while let name = rest.first, !child.has(.signature(name)) {
                guard optional.contains(name) else { throw .malformed("\(child.local) where \(name) belongs in \(element.local)") }
                rest = rest.dropFirst()
            }
            guard let name = rest.popFirst() else { throw .malformed("unexpected \(child.local) in \(element.local)") }
            found[name] = child
        }
        for name in rest where !optional.contains(name) { throw .malformed("\(element.local) has no \(name)") }
        return found
    }

    func signedInfo(
        _ element: XMLElement
    ) throws(SignatureError) -> (Canonicalization, SignatureAlgorithm, [Reference]) {
        guard !element.hasStrayText else { throw .malformed("text inside SignedInfo") }
        var children = Array(element.children.prefix(policy.references + 3))[...]
        guard let method = children.popFirst(), method.has(.signature("CanonicalizationMethod")),
            let signatureMethod = children.popFirst(), signatureMethod.has(.signature("SignatureMethod"))
        else { throw .malformed("SignedInfo does not start with CanonicalizationMethod and SignatureMethod") }
        guard !children.isEmpty else { throw .malformed("SignedInfo has no Reference") }
        guard children.count <= policy.references else {
            throw .tooMany("References", count: children.count, limit: policy.references)
        }
        let canonicalization = try canonicalization(method)
        let algorithm = try signatureAlgorithm(signatureMethod)
        var references: [Reference] = []
        for child in children {
            let reference = try reference(child)
            guard !references.contains(where: { $0.id == reference.id }) else { throw .referenceRepeated(uri: reference.uri) }
            references.append(reference)
        }
        return (canonicalization, algorithm, references)
    }

    func base64(_ element: XMLElement) throws(SignatureError) -> [UInt8] {
        guard element.isPlainText, let bytes = Base64.decode(element.text), !bytes.isEmpty else {
            throw .malformed("\(element.local) is not plain base64")
        }
        return bytes
    }

    private func signatureAlgorithm(_ element: XMLElement) throws(SignatureError) -> SignatureAlgorithm {
        let uri = algorithmURI(element)
        if uri == SignatureNamespace.rsaPSS { return try rsaPSS(element) }
        guard let algorithm = SignatureAlgorithm(rawValue: uri), policy.signatureAlgorithms.contains(algorithm) else {
            throw .algorithmNotAllowed(kind: "signature", uri: uri)
        }
        try requireEmpty(element)
        return algorithm
    }

    /// RSASSA-PSS with its parameters spelled out, as Java writes it (RFC 9231, section 2.3.9). Taken where they say the same as
    /// one of the names without parameters; what is absent follows the digest, and that is SHA-256 unless said.
    private func rsaPSS(_ element: XMLElement) throws(SignatureError) -> SignatureAlgorithm {
        guard !element.hasStrayText else { throw .malformed("text inside SignatureMethod") }
        let children = Array(element.children.prefix(2))
        guard let parameters = children.first else { return .rsaPSSSHA256 }
        let name = { XMLName(SignatureNamespace.more, $0) }
        guard children.count == 1, parameters.has(name("RSAPSSParams")), !parameters.hasStrayText else {
            throw .malformed("SignatureMethod has unknown parameters")
        }
        var digest = DigestAlgorithm.sha256
        var (generator, salt, trailer) = (DigestAlgorithm?.none, Int?.none, 1)
        for child in parameters.children.prefix(5) {
            if child.has(.signature("DigestMethod")) {
                digest = try digestMethod(child)
            } else if child.has(name("MaskGenerationFunction")), algorithmURI(child) == SignatureNamespace.mgf1 {
                let inner = Array(child.children.prefix(2))
                guard inner.count <= 1, !child.hasStrayText, inner.allSatisfy({ $0.has(.signature("DigestMethod")) }) else {
                    throw .malformed("MaskGenerationFunction has unknown content")
                }
                generator = try inner.first.map { (method) throws(SignatureError) in try digestMethod(method) } ?? .sha256
            } else if child.has(name("SaltLength")), child.isPlainText, let number = Int(child.text.trimmedXML) {
                salt = number
            } else if child.has(name("TrailerField")), child.isPlainText, let number = Int(child.text.trimmedXML) {
                trailer = number
            } else {
                throw .malformed("RSAPSSParams holds an unknown \(child.local)")
            }
        }
        guard let algorithm = SignatureAlgorithm.allCases.first(where: { $0.scheme == .rsaPSS && $0.digest == digest }),
            generator ?? digest == digest, salt ?? digest.length == digest.length, trailer == 1,
            policy.signatureAlgorithms.contains(algorithm)
        else { throw .algorithmNotAllowed(kind: "signature", uri: SignatureNamespace.rsaPSS + " with these parameters") }
        return algorithm
    }

    private func digestMethod(_ element: XMLElement) throws(SignatureError) -> DigestAlgorithm {
        let uri = algorithmURI(element)
        guard let digest = DigestAlgorithm(rawValue: uri), policy.digestAlgorithms.contains(digest) else {
            throw .algorithmNotAllowed(kind: "digest", uri: uri)
        }
        try requireEmpty(element)
        return digest
    }

    private func reference(_ element: XMLElement) throws(SignatureError) -> Reference {
        guard element.has(.signature("Reference")) else { throw .malformed("\(element.local) where Reference belongs") }
        let uri = element.attribute(XMLName("", "URI")) ?? "(none)"
        guard uri.first == "#" && NCName.isValid(uri.dropFirst()) || uri.isEmpty && policy.placement == .enveloped else {
            throw .referenceNotAllowed(uri: uri)
        }
        let parts = try children(of: element, ["Transforms", "DigestMethod", "DigestValue"], optional: mayBeImplied ? ["Transforms"] : [])
        guard let method = parts["DigestMethod"], let value = parts["DigestValue"] else {
            throw .malformed("Reference '\(uri)' is incomplete")
        }
        let digest = try digestMethod(method)
        let (canonicalization, isEnveloped) = try parts["Transforms"].map(transforms) ?? (Canonicalization(form: .inclusive), false)
        return Reference(
            id: String(uri.dropFirst()), canonicalization: canonicalization, isEnveloped: isEnveloped,
            digestAlgorithm: digest, digestValue: try base64(value))
    }

    /// A canonicalization, at most once preceded by enveloped-signature. Without one a Reference is canonicalized inclusively, which is
    /// slow on purpose-made input and breaks when the message is wrapped: only where the policy has it.
    private func transforms(_ element: XMLElement) throws(SignatureError) -> (Canonicalization, isEnveloped: Bool) {
        let transforms = Array(element.children)
        guard transforms.count <= policy.transforms else {
            throw .tooMany("Transforms", count: transforms.count, limit: policy.transforms)
        }
        guard let last = transforms.last, transforms.allSatisfy({ $0.has(.signature("Transform")) }), !element.hasStrayText else {
            throw .malformed("Transforms holds no Transform")
        }
        if mayBeImplied, transforms.count == 1, algorithmURI(last) == SignatureNamespace.enveloped {
            try requireEmpty(last)
            return (Canonicalization(form: .inclusive), true)
        }
        for transform in transforms.dropLast() { try requireEmpty(transform) }
        let leading = transforms.dropLast().map(algorithmURI)
        for uri in leading where uri != SignatureNamespace.enveloped { throw .algorithmNotAllowed(kind: "transform", uri: uri) }
        guard leading.count <= 1 else { throw .malformed("two enveloped-signature transforms") }
        var method = try canonicalization(last)
        // A URI of either kind means the element without its comments (section 4.4.3.3).
        method.comments = .dropped
        return (method, !leading.isEmpty)
    }

    /// Whether a Reference may leave its canonicalization out, which then is the inclusive one (section 4.4.3.2).
    private var mayBeImplied: Bool { policy.canonicalizations.contains(.inclusive) }

    private func canonicalization(_ element: XMLElement) throws(SignatureError) -> Canonicalization {
        let uri = algorithmURI(element)
        guard let algorithm = CanonicalizationAlgorithm(rawValue: uri), policy.canonicalizations.contains(algorithm) else {
            throw .algorithmNotAllowed(kind: "canonicalization", uri: uri)
        }
        guard !element.hasStrayText else { throw .malformed("text inside \(element.local)") }
        let comments = algorithm.keepsComments ? Canonicalization.Comments.kept : .dropped
        let parameters = Array(element.children.prefix(2))
        guard let list = parameters.first else {
            return Canonicalization(form: algorithm.isExclusive ? .exclusive : .inclusive, comments: comments)
        }
        guard parameters.count == 1, algorithm.isExclusive, list.has(XMLName(SignatureNamespace.exclusive, "InclusiveNamespaces")),
            let text = list.attribute(XMLName("", "PrefixList"))
        else { throw .malformed("\(element.local) has unknown parameters") }
        try requireEmpty(list)
        let prefixes = text.utf8.split { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        guard prefixes.count <= policy.prefixes else {
            throw .tooMany("prefixes in PrefixList", count: prefixes.count, limit: policy.prefixes)
        }
        return Canonicalization(comments: comments, inclusivePrefixes: prefixes)
    }

    /// SignedInfo is canonicalized before its signature is known to be good: nothing may hide in it that is not read.
    private func requireEmpty(_ element: XMLElement) throws(SignatureError) {
        guard !element.hasContent else { throw .malformed("\(element.local) has content") }
    }

    private func algorithmURI(_ element: XMLElement) -> String { element.attribute(XMLName("", "Algorithm")) ?? "(none)" }
}
