internal import SOAP
internal import XML

/// A Content-Type header as SOAP bindings use it: the version it stands for and the `action` parameter of SOAP 1.2.
struct ContentType {
    let version: SOAPVersion
    let action: String?
    /// Where the body is MTOM's package.
    let package: MediaType?

    /// - Throws: a sentence for the peer.
    init(_ header: String?) throws(Unsupported) {
        let expected =
            "expected text/xml for SOAP 1.1, application/soap+xml for SOAP 1.2, or multipart/related for MTOM"
        guard let header else { throw Unsupported("The request has no Content-Type; \(expected).") }
        guard header.utf8.count <= 1024 else { throw Unsupported("The Content-Type is longer than 1024 bytes; \(expected).") }
        let media = MediaType(header)
        guard let version = media.soapVersion ?? (media.isPackage ? .v11 : nil) else {
            throw Unsupported("The Content-Type is \(media.type); \(expected).")
        }
        if let charset = media.parameters["charset"],
            !["utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii"].contains(charset.lowercased())
        {
            throw Unsupported("The charset \(charset) is not read; send UTF-8.")
        }
        self.version = version
        action = media.action
        package = media.isPackage ? media : nil
    }

    struct Unsupported: Error {
        let sentence: String
        init(_ sentence: String) {
            self.sentence = sentence
        }
    }
}

extension String {
    /// Without one pair of quotation marks around it.
    var unquoted: String {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
    }
}
