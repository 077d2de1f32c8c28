public import SOAP
internal import XML
internal import XMLSignature

/// Judges a message by the WS-I Basic Security Profile 1.1, as far as it is about signatures with X.509 certificates.
///
/// It decides nothing: what must hold here is said by `SecurityPolicy`. SHA-1, which the profile recommends (R5420, R5421), is no
/// finding where it is absent.
public struct BasicSecurityProfile {
    public private(set) var findings: [ProfileFinding] = []

    /// More of anything than a message of use has is not looked at: whoever sends it is not a partner that tries.
    private static let most = 16
    private static let mostFindings = 48

    public init(judging envelope: Envelope) {
        let most = BasicSecurityProfile.most
        for header in envelope.headers.prefix(most) where header.has(.security("Security")) {
            let children = Array(header.children.prefix(most))
            let timestamps = children.filter { $0.has(.utility("Timestamp")) }
            if timestamps.count > 1 { note("R3227", at: header, "the header has \(timestamps.count) Timestamps", "send one") }
            for timestamp in timestamps { judge(timestamp: timestamp) }
            for token in children where token.has(.security("BinarySecurityToken")) { judge(token: token) }
            for signature in children where signature.has(.signature("Signature")) { judge(signature: signature, among: children) }
        }
    }

    private mutating func note(
        _ rule: String, _ level: ProfileFinding.Level = .broken, at place: XMLElement, _ text: String, _ remedy: String
    ) {
        guard findings.count < BasicSecurityProfile.mostFindings else { return }
        findings.append(ProfileFinding(rule: rule, level: level, place: place.path, text: text, remedy: remedy))
    }

    // MARK: Timestamp

    private mutating func judge(timestamp: XMLElement) {
        let children = Array(timestamp.children.prefix(BasicSecurityProfile.most))
        let names = children.map(\.local)
        let (created, expires) = (children.filter { $0.has(.utility("Created")) }, children.filter { $0.has(.utility("Expires")) })
        if created.count != 1 { note("R3203", at: timestamp, "it has \(created.count) Created", "send exactly one") }
        if expires.count > 1 { note("R3224", at: timestamp, "it has \(expires.count) Expires", "send at the most one") }
        if names.first == "Expires", names.contains("Created") {
            note("R3221", at: timestamp, "Expires stands before Created", "send Created first")
        }
        if names.count > created.count + expires.count {
            note("R3222", at: timestamp, "it holds something else than Created and Expires", "leave it out")
        }
        for (element, zone, fraction, type) in created.map({ ($0, "R3217", "R3220", "R3225") })
            + expires.map({ ($0, "R3223", "R3229", "R3226") })
        {
            let text = element.text.trimmedXML
            if !["Z", "+00:00", "-00:00"].contains(where: text.hasSuffix) {
                note(zone, at: element, "'\(text.prefix(40))' is not in UTC", "write it with Z")
            }
            if let point = text.firstIndex(of: "."), text[point...].dropFirst().prefix(while: \.isNumber).count > 3 {
                note(fraction, .advice, at: element, "it is finer than a millisecond", "write at the most three digits behind the point")
            }
            if has(element, "ValueType") { note(type, at: element, "it has a ValueType", "leave the attribute out") }
        }
    }

    // MARK: Tokens

    private mutating func judge(token: XMLElement) {
        if !has(token, "EncodingType") { note("R3029", at: token, "it has no EncodingType", "add \(SecurityNamespace.base64Binary)") }
        if !has(token, "ValueType") { note("R3031", at: token, "it has no ValueType", "add \(SecurityNamespace.x509v3)") }
    }

    private mutating func judge(reference: XMLElement, signature: XMLElement, among children: [XMLElement]) {
        if let named = reference.child(.security("Reference")) {
            judge(named: named, reference: reference, signature: signature, among: children)
        } else if let token = children.first(where: { $0.has(.security("BinarySecurityToken")) }) {
            note(
                "R3022", at: reference, "a token stands in the header, and the reference does not name it",
                "name \(token.path) with wsse:Reference, or leave the token out")
        }
        guard let identifier = reference.child(.security("KeyIdentifier")) else { return }
        if !has(identifier, "EncodingType") {
            note("R3070", at: identifier, "it has no EncodingType", "add \(SecurityNamespace.base64Binary)")
        }
        let type = identifier.attribute(XMLName("", "ValueType")) ?? ""
        if type.isEmpty {
            note("R3054", at: identifier, "it has no ValueType", "add \(SecurityNamespace.subjectKeyIdentifier) or the thumbprint's")
        } else if ![SecurityNamespace.subjectKeyIdentifier, SecurityNamespace.thumbprint].contains(type) {
            note("R5206", at: identifier, "its ValueType is \(type.prefix(120))", "send a subject key identifier or a thumbprint")
        }
    }

    private mutating func judge(named: XMLElement, reference: XMLElement, signature: XMLElement, among children: [XMLElement]) {
        let id = (named.attribute(XMLName("", "URI")) ?? "").dropFirst()
        guard let place = children.firstIndex(where: { $0.attribute(.utility("Id")) ?? "" == id && !id.isEmpty }) else { return }
        let token = children[place]
        if let own = children.firstIndex(where: { $0.isSameNode(as: signature) }), own < place {
            note(
                "R5205", at: reference, "the Signature stands before the token that it names",
                "put the token first; WSS4J and CXF demand it")
        }
        let type = token.attribute(XMLName("", "ValueType")) ?? SecurityNamespace.x509v3
        switch named.attribute(XMLName("", "ValueType")) {
        case nil: note("R3059", at: named, "it has no ValueType", "add \(type)")
        case type: break
        case let other?:
            note(
                type == SecurityNamespace.x509PKIPath ? "R5216" : "R5218", at: named, "its ValueType is \(other.prefix(120))",
                "write the token's, \(type)")
        }
        if type == SecurityNamespace.x509PKIPath, reference.attribute(.security11("TokenType")) != type {
            note("R5215", at: reference, "it has no wsse11:TokenType for a path of certificates", "add \(type)")
        }
    }

    // MARK: Signature

    private mutating func judge(signature: XMLElement, among siblings: [XMLElement]) {
        if let info = signature.child(.signature("SignedInfo")) {
            judge(canonicalization: info.child(.signature("CanonicalizationMethod")), "R5404", at: info)
            for child in info.children.prefix(BasicSecurityProfile.most) where child.has(.signature("Reference")) {
                judge(signedPart: child, among: siblings)
            }
        }
        if signature.child(.signature("Object")) != nil {
            note("R3102", at: signature, "it envelops what it signs", "sign elements of the message by their ids")
        }
        guard let keyInfo = signature.child(.signature("KeyInfo")) else { return }
        let children = Array(keyInfo.children.prefix(BasicSecurityProfile.most))
        if children.count != 1 { note("R5402", at: keyInfo, "it holds \(children.count) elements", "send one SecurityTokenReference") }
        for child in children {
            if child.has(.security("SecurityTokenReference")) {
                judge(reference: child, signature: signature, among: siblings)
            } else {
                note("R5417", at: child, "\(child.local) stands in KeyInfo", "put it into a wsse:SecurityTokenReference")
            }
        }
    }

    private mutating func judge(canonicalization method: XMLElement?, _ rule: String, at place: XMLElement) {
        let algorithm = method?.attribute(XMLName("", "Algorithm")) ?? "none"
        guard algorithm != SignatureNamespace.exclusive else { return }
        note(rule, at: method ?? place, "the algorithm is \(algorithm.prefix(120))", "use \(SignatureNamespace.exclusive)")
    }

    private mutating func judge(signedPart reference: XMLElement, among siblings: [XMLElement]) {
        guard let transforms = reference.child(.signature("Transforms")) else {
            return note("R5416", at: reference, "it has no Transforms", "add exclusive canonicalization")
        }
        judge(canonicalization: Array(transforms.children.prefix(BasicSecurityProfile.most)).last, "R5412", at: transforms)
        let id = String((reference.attribute(XMLName("", "URI")) ?? "").dropFirst())
        guard !id.isEmpty, let target = BasicSecurityProfile.plainID(id, among: siblings) else { return }
        note("R3005", .advice, at: target, "it is signed by a plain Id", "give it wsu:Id; some toolkits look for nothing else")
    }

    /// The part of that id, where only the plain `Id` of other vocabularies names it.
    private static func plainID(_ id: String, among siblings: [XMLElement]) -> XMLElement? {
        guard let envelope = siblings.first?.parent?.parent?.parent else { return nil }
        let candidates = envelope.children.prefix(most).flatMap { [$0] + Array($0.children.prefix(most)) } + siblings
        return candidates.first { $0.attribute(XMLName("", "Id")) == id && $0.attribute(.utility("Id")) == nil }
    }

    private func has(_ element: XMLElement, _ attribute: String) -> Bool { element.attribute(XMLName("", attribute)) != nil }
}
