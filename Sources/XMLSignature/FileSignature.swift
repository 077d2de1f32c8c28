public import XML

/// A signature over files that lie beside it, as `FileSignatureDraft` makes it, verified: its value with the key of the certificate that it
/// claims, its properties, and that certificate's digest. Whether that certificate is to be trusted, and whether the files are as they
/// were, is asked with what it gives.
public struct FileSignature: Sendable {
    /// DER.
    public let certificate: [UInt8]
    public let algorithm: SignatureAlgorithm
    /// As its signer claims it.
    public let signedAt: String
    /// Digest by path.
    public let files: [String: Digest]

    public struct Defect: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private static let xades = "http://uri.etsi.org/01903/v1.3.2#"
    private static let maximumReferences = 4096

    public init(verifying document: XMLDocument) throws(Defect) {
        let root = document.root
        guard root.has(XMLName("http://uri.etsi.org/02918/v1.2.1#", "XAdESSignatures")),
            let signature = FileSignature.only(root, "Signature")
        else { throw Defect(description: "it is no asic:XAdESSignatures with one Signature") }
        guard let info = FileSignature.only(signature, "SignedInfo"), let value = FileSignature.base64(signature, "SignatureValue"),
            let keyInfo = FileSignature.only(signature, "KeyInfo"), let data = FileSignature.only(keyInfo, "X509Data"),
            let certificate = FileSignature.base64(data, "X509Certificate")
        else { throw Defect(description: "SignedInfo, SignatureValue or the certificate in KeyInfo is not there, or there twice") }
        self.certificate = certificate
        algorithm = try FileSignature.algorithm(info)
        try FileSignature.check(value, of: info, by: algorithm, certificate)
        let references = info.children(named: .signature("Reference"))
        guard references.count <= FileSignature.maximumReferences else { throw Defect(description: "it has more than 4096 References") }
        let properties = try FileSignature.properties(signature)
        signedAt = try FileSignature.check(properties, certificate)
        var files: [String: Digest] = [:]
        var coversProperties = false
        for reference in references {
            let digest = try FileSignature.digest(reference)
            let uri = reference.attribute(XMLName("", "URI")) ?? ""
            if uri == "#" + (properties.attribute(XMLName("", "Id")) ?? "") {
                try FileSignature.check(digest, of: properties, reference)
                coversProperties = true
            } else {
                guard !uri.contains("#"), !uri.isEmpty, reference.child(.signature("Transforms")) == nil else {
                    throw Defect(description: "the Reference '\(uri.prefix(200))' is neither a file nor the signed properties")
                }
                guard files.updateValue(digest, forKey: uri) == nil else { throw Defect(description: "\(uri.prefix(200)) is signed twice") }
            }
        }
        guard coversProperties else { throw Defect(description: "its properties are not signed") }
        self.files = files
    }

    private static func only(_ parent: XMLElement, _ local: String) -> XMLElement? {
        let found = parent.children(named: .signature(local))
        return found.count == 1 ? found[0] : nil
    }

    private static func base64(_ parent: XMLElement, _ local: String) -> [UInt8]? {
        only(parent, local).flatMap { $0.isPlainText ? Base64.decode($0.text) : nil }
    }

    private static func algorithm(_ info: XMLElement) throws(Defect) -> SignatureAlgorithm {
        let canonical = only(info, "CanonicalizationMethod")
        guard canonical?.attribute(XMLName("", "Algorithm")) == SignatureNamespace.exclusive, canonical?.isEmpty == true else {
            throw Defect(description: "SignedInfo is not canonicalized exclusively")
        }
        let uri = only(info, "SignatureMethod")?.attribute(XMLName("", "Algorithm")) ?? ""
        guard let algorithm = SignatureAlgorithm(rawValue: uri), algorithm != .rsaSHA1 else {
            throw Defect(description: "the signature algorithm '\(uri.prefix(120))' is not taken")
        }
        return algorithm
    }

    private static func check(
        _ value: [UInt8], of info: XMLElement, by algorithm: SignatureAlgorithm, _ certificate: [UInt8]
    ) throws(Defect) {
        guard let key = try? PublicKey(certificate: certificate), key.kind.fits(algorithm) else {
            throw Defect(description: "the certificate in KeyInfo has no key for \(algorithm.title)")
        }
        let holds = try? info.withCanonicalBytes(.exclusive) { key.verifies(value, of: $0, by: algorithm) }
        guard holds == true else { throw Defect(description: "SignatureValue is not the certificate's over SignedInfo") }
    }

    private static func properties(_ signature: XMLElement) throws(Defect) -> XMLElement {
        let qualifying = only(signature, "Object")?.children(named: XMLName(xades, "QualifyingProperties")) ?? []
        let signed = qualifying.flatMap { $0.children(named: XMLName(xades, "SignedProperties")) }
        guard signed.count == 1 else { throw Defect(description: "it has \(signed.count) SignedProperties") }
        return signed[0]
    }

    /// - Returns: the time of signing.
    private static func check(_ properties: XMLElement, _ certificate: [UInt8]) throws(Defect) -> String {
        let own = properties.child(XMLName(xades, "SignedSignatureProperties"))
        let named = own?.child(XMLName(xades, "SigningCertificateV2"))?.child(XMLName(xades, "Cert"))?.child(XMLName(xades, "CertDigest"))
        guard let named, try digest(named).bytes == Digest(try digest(named).algorithm, of: certificate).bytes else {
            throw Defect(description: "SigningCertificateV2 is of another certificate than KeyInfo's")
        }
        return own?.child(XMLName(xades, "SigningTime"))?.text ?? ""
    }

    private static func digest(_ element: XMLElement) throws(Defect) -> Digest {
        let uri = only(element, "DigestMethod")?.attribute(XMLName("", "Algorithm")) ?? ""
        guard let algorithm = DigestAlgorithm(rawValue: uri), algorithm != .sha1, let value = base64(element, "DigestValue"),
            value.count == algorithm.length
        else { throw Defect(description: "a digest is not SHA-256, 384 or 512, or not there") }
        return Digest(algorithm, value: value)
    }

    private static func check(_ digest: Digest, of properties: XMLElement, _ reference: XMLElement) throws(Defect) {
        let transforms = reference.child(.signature("Transforms")).map { Array($0.children) } ?? []
        guard transforms.count == 1, transforms[0].attribute(XMLName("", "Algorithm")) == SignatureNamespace.exclusive,
            transforms[0].isEmpty,
            (try? properties.withCanonicalBytes(.exclusive) { Digest(digest.algorithm, of: $0) }) == digest
        else { throw Defect(description: "the signed properties were changed") }
    }
}
