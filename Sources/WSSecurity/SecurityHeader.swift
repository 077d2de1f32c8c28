internal import SOAP
internal import XML
internal import XMLSignature

/// The parts of the one wsse:Security header that is meant for us (WSS 1.1, section 5).
struct SecurityHeader {
    let element: XMLElement
    let signature: XMLElement
    let timestamp: XMLElement
    private let tokens: [XMLElement]

    init(_ envelope: Envelope) throws(SecurityRefusal) {
        let headers = envelope.headers(named: .security("Security"))
        guard let header = headers.first else { throw .securityHeaderMissing }
        guard headers.count == 1 else { throw .securityHeaders(count: headers.count) }
        let known: [XMLName] = [.security("BinarySecurityToken"), .signature("Signature"), .utility("Timestamp")]
        for child in header.children where !known.contains(where: child.has) {
            throw .headerContent(child.name.description)
        }
        let signatures = header.children(named: .signature("Signature"))
        guard let signature = signatures.first else { throw .signatureMissing }
        guard signatures.count == 1 else { throw .signatures(count: signatures.count) }
        let timestamps = header.children(named: .utility("Timestamp"))
        guard let timestamp = timestamps.first else { throw .timestampMissing }
        guard timestamps.count == 1 else { throw .timestampMalformed("\(timestamps.count) Timestamps") }
        element = header
        self.signature = signature
        self.timestamp = timestamp
        tokens = header.children(named: .security("BinarySecurityToken"))
    }

    /// The bytes of the certificate that KeyInfo points to: a BinarySecurityToken of this same header, by id
    /// (X.509 Token Profile 1.1, section 3.2.1).
    func certificate(_ keyInfo: XMLElement?, ids: IDTable) throws(SecurityRefusal) -> [UInt8] {
        guard let keyInfo else { throw .tokenReference("ds:KeyInfo is missing") }
        let children = Array(keyInfo.children)
        guard children.count == 1, children[0].has(.security("SecurityTokenReference")) else {
            throw .tokenReference("ds:KeyInfo must hold one wsse:SecurityTokenReference and nothing else")
        }
        let references = Array(children[0].children)
        guard references.count == 1, references[0].has(.security("Reference")) else {
            throw .tokenReference(
                "only a wsse:Reference to a BinarySecurityToken is read, not \(references.map(\.local).joined(separator: ", "))")
        }
        guard let uri = references[0].attribute(XMLName("", "URI")), uri.first == "#", let token = ids[String(uri.dropFirst())],
            tokens.contains(where: { $0.isSameNode(as: token) })
        else { throw .tokenReference("the Reference does not name a BinarySecurityToken of this header") }
        return try der(token)
    }

    private func der(_ token: XMLElement) throws(SecurityRefusal) -> [UInt8] {
        if let type = token.attribute(XMLName("", "ValueType")), type != SecurityNamespace.x509v3 {
            throw .tokenReference("the token's ValueType is '\(type)'; only #X509v3 is read")
        }
        if let encoding = token.attribute(XMLName("", "EncodingType")), encoding != SecurityNamespace.base64Binary {
            throw .tokenReference("the token's EncodingType is '\(encoding)'; only #Base64Binary is read")
        }
        guard token.isPlainText, let der = Base64.decode(token.text), !der.isEmpty else {
            throw .tokenReference("the BinarySecurityToken is not plain base64")
        }
        return der
    }
}
