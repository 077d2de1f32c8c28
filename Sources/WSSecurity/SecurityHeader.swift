internal import SOAP
internal import Trust
internal import XML
internal import XMLSignature

/// The parts of the one wsse:Security header that is meant for us (WSS 1.1, section 5).
struct SecurityHeader {
    let element: XMLElement
    let signature: XMLElement
    let timestamp: XMLElement
    /// In answers (WSS 1.1, section 8.5); in requests nobody reads them.
    let confirmations: [XMLElement]
    private let tokens: [XMLElement]

    init(_ envelope: Envelope) throws(SecurityRefusal) {
        let headers = envelope.headers(named: .security("Security"))
        guard let header = headers.first else { throw .securityHeaderMissing }
        guard headers.count == 1 else { throw .securityHeaders(count: headers.count) }
        let known: [XMLName] = [
            .security("BinarySecurityToken"), .signature("Signature"), .utility("Timestamp"), .security11("SignatureConfirmation"),
        ]
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
        confirmations = header.children(named: .security11("SignatureConfirmation"))
        tokens = header.children(named: .security("BinarySecurityToken"))
    }

    /// How the message names the certificate that signed.
    func certificate(_ keyInfo: XMLElement?, ids: IDTable) throws(SecurityRefusal) -> CertificateName {
        try TokenReference(reading: keyInfo, tokens: tokens, ids: ids).name
    }
}
