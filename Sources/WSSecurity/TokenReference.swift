internal import Trust
internal import XML
internal import XMLSignature

/// What ds:KeyInfo says of the certificate that signed, in any of the spellings of the X.509 Certificate Token Profile 1.1.1,
/// section 3.2. It leads to a name to look up and to nothing else: keys in KeyInfo are never read, nothing is fetched.
struct TokenReference {
    let name: CertificateName

    /// - Parameter tokens: the BinarySecurityTokens of the Security header, the only ones that a Reference may name.
    init(reading keyInfo: XMLElement?, tokens: [XMLElement], ids: IDTable) throws(SecurityRefusal) {
        guard let keyInfo else { throw .tokenReference("ds:KeyInfo is missing") }
        let outer = try TokenReference.only(keyInfo, "ds:KeyInfo must hold one wsse:SecurityTokenReference and nothing else")
        if outer.has(.signature("X509Data")) {
            name = try TokenReference.x509Data(outer)
            return
        }
        guard outer.has(.security("SecurityTokenReference")) else {
            throw .tokenReference("ds:KeyInfo must hold one wsse:SecurityTokenReference, not \(outer.name)")
        }
        let inner = try TokenReference.only(outer, "wsse:SecurityTokenReference must hold one element")
        if inner.has(.security("Reference")) {
            name = try TokenReference.token(inner, tokens: tokens, ids: ids)
        } else if inner.has(.security("KeyIdentifier")) {
            name = try TokenReference.keyIdentifier(inner)
        } else if inner.has(.signature("X509Data")) {
            name = try TokenReference.x509Data(inner)
        } else {
            throw .tokenReference("a wsse:Reference, a wsse:KeyIdentifier or ds:X509Data is read, not \(inner.local)")
        }
    }

    private static func only(_ element: XMLElement, _ otherwise: String) throws(SecurityRefusal) -> XMLElement {
        let children = Array(element.children.prefix(2))
        guard children.count == 1, !element.hasStrayText else { throw .tokenReference(otherwise) }
        return children[0]
    }

    private static func token(_ reference: XMLElement, tokens: [XMLElement], ids: IDTable) throws(SecurityRefusal) -> CertificateName {
        guard let uri = reference.attribute(XMLName("", "URI")), uri.first == "#", let token = ids[String(uri.dropFirst())],
            tokens.contains(where: { $0.isSameNode(as: token) })
        else { throw .tokenReference("the Reference does not name a BinarySecurityToken of this header") }
        try requireBase64(token)
        let bytes = try base64(token)
        switch token.attribute(XMLName("", "ValueType")) {
        case nil, SecurityNamespace.x509v3: return .certificate(bytes)
        case SecurityNamespace.x509PKIPath:
            guard let path = CertificateName(pkiPath: bytes) else {
                throw .tokenReference("the X509PKIPathv1 token is no path of certificates")
            }
            return path
        case let type?: throw .tokenReference("the token's ValueType is '\(type)'; #X509v3 and #X509PKIPathv1 are read")
        }
    }

    private static func keyIdentifier(_ element: XMLElement) throws(SecurityRefusal) -> CertificateName {
        try requireBase64(element)
        let bytes = try base64(element)
        switch element.attribute(XMLName("", "ValueType")) {
        case SecurityNamespace.subjectKeyIdentifier: return .subjectKeyIdentifier(bytes)
        case SecurityNamespace.thumbprint: return .thumbprintSHA1(bytes)
        case SecurityNamespace.x509v3: return .certificate(bytes)
        case let type:
            throw .tokenReference(
                "the KeyIdentifier's ValueType is '\(type ?? "absent")'; #X509SubjectKeyIdentifier, #ThumbprintSHA1 and #X509v3 are read")
        }
    }

    /// Issuer and serial number, key identifier, certificate: one of them; of several the certificate says it best, and the others are
    /// not needed. zeep writes an empty X509IssuerSerial beside its certificate.
    private static func x509Data(_ data: XMLElement) throws(SecurityRefusal) -> CertificateName {
        guard !data.hasStrayText else { throw .tokenReference("text inside ds:X509Data") }
        var found: [String: CertificateName] = [:]
        for child in data.children.prefix(8) {
            if !child.hasContent { continue }
            let name: CertificateName
            if child.has(.signature("X509Certificate")) {
                name = .certificate(try base64(child))
            } else if child.has(.signature("X509SKI")) {
                name = .subjectKeyIdentifier(try base64(child))
            } else if child.has(.signature("X509IssuerSerial")) {
                name = try issuerSerial(child)
            } else if child.has(.signature("X509SubjectName")) {
                continue
            } else {
                throw .tokenReference("ds:X509Data holds \(child.local); X509Certificate, X509IssuerSerial and X509SKI are read")
            }
            guard found.updateValue(name, forKey: child.local) == nil else { throw .tokenReference("ds:X509Data holds two \(child.local)") }
        }
        guard let best = ["X509Certificate", "X509IssuerSerial", "X509SKI"].lazy.compactMap({ found[$0] }).first else {
            throw .tokenReference("ds:X509Data names no certificate")
        }
        return best
    }

    private static func issuerSerial(_ element: XMLElement) throws(SecurityRefusal) -> CertificateName {
        let children = Array(element.children.prefix(3))
        guard children.count == 2, children[0].has(.signature("X509IssuerName")), children[1].has(.signature("X509SerialNumber")),
            children.allSatisfy(\.isPlainText), !element.hasStrayText
        else { throw .tokenReference("ds:X509IssuerSerial must hold X509IssuerName and X509SerialNumber") }
        return .issuerAndSerial(issuer: children[0].text.trimmedXML, serial: children[1].text.trimmedXML)
    }

    private static func requireBase64(_ element: XMLElement) throws(SecurityRefusal) {
        guard let encoding = element.attribute(XMLName("", "EncodingType")), encoding != SecurityNamespace.base64Binary else { return }
        throw .tokenReference("the EncodingType of \(element.local) is '\(encoding)'; only #Base64Binary is read")
    }

    /// Base64 bytes that a token may have; a path of ten certificates needs less.
    private static let longest = 64 * 1024

    private static func base64(_ element: XMLElement) throws(SecurityRefusal) -> [UInt8] {
        guard element.isPlainText else { throw .tokenReference("\(element.local) is not plain base64") }
        let text = element.text
        guard text.utf8.count <= longest else { throw .tokenReference("\(element.local) is longer than \(longest) bytes") }
        guard let bytes = Base64.decode(text), !bytes.isEmpty else { throw .tokenReference("\(element.local) is not plain base64") }
        return bytes
    }
}
