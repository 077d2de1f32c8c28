public import XML

/// A SOAP envelope of the right structure: at most one Header, exactly one Body, nothing beside them.
///
/// Its Body cannot be read from here: only WS-Security, which proves who signed it, opens it.
public struct Envelope {
    public let version: SOAPVersion
    public let document: XMLDocument
    /// The header blocks, in their order.
    public let headers: [XMLElement]

    /// The Body, for the verification of its signature alone.
    @_spi(Verification) public let body: XMLElement

    public init(reading document: XMLDocument) throws(SOAPError) {
        let root = document.root
        guard root.local == "Envelope" else { throw .notAnEnvelope(root: root.name.description) }
        guard let version = SOAPVersion.allCases.first(where: { root.has($0.name("Envelope")) }) else {
            throw .unknownVersion(namespace: root.namespace)
        }
        guard !root.hasStrayText else { throw .structure("text beside Header and Body") }
        var children = Array(root.children)[...]
        var headers: [XMLElement] = []
        if let header = children.first, header.has(version.name("Header")) {
            guard !header.hasStrayText else { throw .structure("text inside Header") }
            headers = Array(header.children)
            children = children.dropFirst()
        }
        guard let body = children.popFirst(), body.has(version.name("Body")) else { throw .structure("no Body where it belongs") }
        guard children.isEmpty else { throw .structure("\(children.map(\.local).joined(separator: ", ")) after Body") }
        self.version = version
        self.document = document
        self.headers = headers
        self.body = body
    }

    /// What a Fault in Body says, in one line for people: nothing proves whose word it is.
    public var claimedFault: String? {
        guard let content = body.children.first(where: { _ in true }), let fault = ReceivedFault(content, version: version) else {
            return nil
        }
        return "\(fault.code): \(fault.reason) \(fault.detail)"
    }

    /// The header blocks of that name that are meant for us (SOAP 1.1, section 4.2.2; SOAP 1.2 part 1, section 2.2).
    public func headers(named name: XMLName) -> [XMLElement] { headers.filter { $0.has(name) && isForUs($0) } }

    /// Refuses a header block that must be understood and whose namespace is not among `namespaces`.
    public func checkUnderstood(namespaces: Set<String>) throws(SOAPError) {
        for header in headers where isForUs(header) && mustBeUnderstood(header) && !namespaces.contains(header.namespace) {
            throw .notUnderstood(header: header.name.description)
        }
    }

    private func mustBeUnderstood(_ header: XMLElement) -> Bool {
        ["1", "true"].contains(header.attribute(version.name("mustUnderstand")) ?? "0")
    }

    private func isForUs(_ header: XMLElement) -> Bool {
        guard let role = header.attribute(version.role), !role.isEmpty else { return true }
        return [
            "http://schemas.xmlsoap.org/soap/actor/next",
            "http://www.w3.org/2003/05/soap-envelope/role/next",
            "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
        ].contains(role)
    }
}
