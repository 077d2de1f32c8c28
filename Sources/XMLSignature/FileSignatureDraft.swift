internal import XML

/// A signature over files that lie beside it, in the making: XAdES baseline B-B (ETSI EN 319 132-1, section 6) in the form of an ASiC-E
/// container (ETSI EN 319 162-1, section 4.4).
public struct FileSignatureDraft: Sendable {
    public struct File: Sendable {
        /// Path from the container's root.
        public let path: String
        public let mediaType: String
        public let digest: Digest

        public init(path: String, mediaType: String, digest: Digest) {
            self.path = path
            self.mediaType = mediaType
            self.digest = digest
        }
    }

    private static let xades = "http://uri.etsi.org/01903/v1.3.2#"
    private static let propertiesID = "SignedProperties"
    /// The element that carries the id of the properties, with its namespace, as xmlsec1 wants it named.
    public static let propertiesName = xades + ":SignedProperties"
    private static let signatureID = "Signature"
    private static let declaration = " xmlns:ds=\"\(SignatureNamespace.signature)\""

    private let certificate: [UInt8]
    private let info: [UInt8]
    private let properties: [UInt8]

    /// - Parameters:
    ///   - certificate: of the signer, DER.
    ///   - signedAt: the claimed time, RFC 3339.
    public init(over files: [File], algorithm: SignatureAlgorithm, certificate: [UInt8], signedAt: String) {
        self.certificate = certificate
        properties = FileSignatureDraft.properties(files, certificate, signedAt)
        var writer = XMLWriter(capacity: 4096)
        writer.element("ds:CanonicalizationMethod", ["Algorithm": SignatureNamespace.exclusive], text: "")
        writer.element("ds:SignatureMethod", ["Algorithm": algorithm.rawValue], text: "")
        for (index, file) in files.enumerated() {
            writer.open("ds:Reference", ["Id": FileSignatureDraft.id(index), "URI": file.path])
            FileSignatureDraft.write(file.digest, to: &writer)
            writer.close("ds:Reference")
        }
        writer.open("ds:Reference", ["Type": "http://uri.etsi.org/01903#SignedProperties", "URI": "#" + FileSignatureDraft.propertiesID])
        writer.open("ds:Transforms")
        writer.element("ds:Transform", ["Algorithm": SignatureNamespace.exclusive], text: "")
        writer.close("ds:Transforms")
        FileSignatureDraft.write(Digest(of: properties), to: &writer)
        writer.close("ds:Reference")
        info = writer.bytes
    }

    /// The canonical bytes of SignedInfo: what the signer signs.
    public var signedInfo: [UInt8] {
        Array("<ds:SignedInfo\(FileSignatureDraft.declaration)>".utf8) + info + Array("</ds:SignedInfo>".utf8)
    }

    /// The document `META-INF/signatures.xml`.
    public func document(value: [UInt8]) -> [UInt8] {
        var writer = XMLWriter(capacity: info.count + properties.count + 8192)
        writer.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        writer.open("asic:XAdESSignatures", ["xmlns:asic": "http://uri.etsi.org/02918/v1.2.1#"])
        writer.open("ds:Signature", ["xmlns:ds": SignatureNamespace.signature, "Id": FileSignatureDraft.signatureID])
        writer.open("ds:SignedInfo")
        writer.markup(info)
        writer.close("ds:SignedInfo")
        writer.element("ds:SignatureValue", text: Base64.encode(value))
        writer.open("ds:KeyInfo")
        writer.open("ds:X509Data")
        writer.element("ds:X509Certificate", text: Base64.encode(certificate))
        writer.close("ds:X509Data")
        writer.close("ds:KeyInfo")
        writer.open("ds:Object")
        writer.open(
            "xades:QualifyingProperties", ["xmlns:xades": FileSignatureDraft.xades, "Target": "#" + FileSignatureDraft.signatureID])
        writer.markup(properties)
        writer.close("xades:QualifyingProperties")
        writer.close("ds:Object")
        writer.close("ds:Signature")
        writer.close("asic:XAdESSignatures")
        return writer.bytes
    }

    private static func id(_ index: Int) -> String { "File-\(index + 1)" }

    private static func write(_ digest: Digest, to writer: inout XMLWriter) {
        writer.element("ds:DigestMethod", ["Algorithm": digest.algorithm.rawValue], text: "")
        writer.element("ds:DigestValue", text: digest.base64)
    }

    /// In its exclusive canonical form, in which each element declares the prefix that it is the first to use.
    private static func properties(_ files: [File], _ certificate: [UInt8], _ signedAt: String) -> [UInt8] {
        let ds = SignatureNamespace.signature
        let digest = Digest(of: certificate)
        var writer = XMLWriter(capacity: 2048)
        writer.open("xades:SignedProperties", ["xmlns:xades": xades, "Id": propertiesID])
        writer.open("xades:SignedSignatureProperties")
        writer.element("xades:SigningTime", text: signedAt)
        writer.open("xades:SigningCertificateV2")
        writer.open("xades:Cert")
        writer.open("xades:CertDigest")
        writer.element("ds:DigestMethod", ["xmlns:ds": ds, "Algorithm": digest.algorithm.rawValue], text: "")
        writer.element("ds:DigestValue", ["xmlns:ds": ds], text: digest.base64)
        writer.close("xades:CertDigest")
        writer.close("xades:Cert")
        writer.close("xades:SigningCertificateV2")
        writer.close("xades:SignedSignatureProperties")
        writer.open("xades:SignedDataObjectProperties")
        for (index, file) in files.enumerated() {
            writer.open("xades:DataObjectFormat", ["ObjectReference": "#" + id(index)])
            writer.element("xades:MimeType", text: file.mediaType)
            writer.close("xades:DataObjectFormat")
        }
        writer.close("xades:SignedDataObjectProperties")
        writer.close("xades:SignedProperties")
        return writer.bytes
    }
}
