internal import Foundation
internal import SOAP
internal import WSSecurity
internal import XML

/// XML signature wrapping, W1 to W18: what was signed is kept somewhere, something else stands where it is read.
extension AttackList {
    mutating func addWrapping() throws {
        let (text, body, forged, anonymous) = (sample.text, sample.body, sample.forgedBody, sample.anonymousBody)
        let inHeader = "<w:Wrapper xmlns:w=\"u:w\">\(body)</w:Wrapper></soap:Header>"
        func replaced(by other: String, wrapper: String) throws -> String {
            try text.changing(body, to: other).changing("</soap:Header>", to: wrapper)
        }
        refuse(
            "W1", "signed Body under Header, a Body without id in its place", "part-not-signed",
            text: try replaced(by: anonymous, wrapper: inHeader))
        refuse(
            "W1", "signed Body under Header, a Body with another id in its place", "part-not-signed",
            text: try replaced(by: forged.changing("wsu:Id=\"Body\"", to: "wsu:Id=\"Other\""), wrapper: inHeader))
        refuse("W2", "the same id on both, the original first", "duplicate-id", text: try replaced(by: forged, wrapper: inHeader))
        let later = body + "</soap:Envelope>"
        refuse(
            "W3", "the same id on both, the forged first", "duplicate-id", "soap-structure",
            text: try text.changing(body, to: forged).changing("</soap:Envelope>", to: later))
        for (id, name) in [("Id=\"Body\"", "Id"), ("xml:id=\"Body\"", "xml:id")] {
            refuse(
                "W3", "the same id on both, one as \(name)", "duplicate-id",
                text: try replaced(by: forged.changing("wsu:Id=\"Body\"", to: id), wrapper: inHeader))
        }
        let without = try text.changing(body, to: anonymous)
        refuse(
            "W4", "signed Body inside Security", "security-header-content",
            text: try without.changing("</wsse:Security>", to: body + "</wsse:Security>"))
        refuse(
            "W5", "signed Body inside ds:Object", "signature-malformed",
            text: try without.changing("</ds:Signature>", to: "<ds:Object>\(body)</ds:Object></ds:Signature>"))
        refuse(
            "W6", "signed Body inside ds:KeyInfo", "token-reference",
            text: try without.changing("</ds:KeyInfo>", to: body + "</ds:KeyInfo>"))
        let envelope = "<soap:Envelope xmlns:soap=\"\(sample.shape.version.namespace)\" xmlns:wsu=\"\(SecurityNamespace.utility)\">"
        refuse(
            "W7", "the whole message inside a header", "security-header-missing",
            text: envelope + "<soap:Header><w:W xmlns:w=\"u:w\">\(text)</w:W></soap:Header>\(anonymous)</soap:Envelope>")
        refuse(
            "W7", "the signed Body inside another Body", "part-not-signed", "reference-not-found",
            text: envelope + "<soap:Header>\(sample.security)</soap:Header><soap:Body><x/>\(body)</soap:Body></soap:Envelope>")
        refuse("W8", "an element behind Body", "soap-structure", text: try text.changing(body, to: body + "<x/>"))
        refuse("W8", "two Bodies, the signed first", "soap-structure", text: try text.changing(body, to: body + anonymous))
        refuse("W8", "two Bodies, the signed last", "soap-structure", text: try text.changing(body, to: anonymous + body))
        try addSecurityHeaders()
    }

    private mutating func addSecurityHeaders() throws {
        let (text, security) = (sample.text, sample.security)
        let empty = "<wsse:Security xmlns:wsse=\"\(SecurityNamespace.extension1)\"/>"
        refuse("W10", "two Security headers", "security-header-repeated", text: try text.changing(security, to: empty + security))
        let (attribute, next) =
            sample.shape.version == .v11
            ? ("actor", "http://schemas.xmlsoap.org/soap/actor/next") : ("role", "http://www.w3.org/2003/05/soap-envelope/role/next")
        let toNext = empty.replacingOccurrences(of: "/>", with: " soap:\(attribute)=\"\(next)\"/>")
        refuse(
            "W10", "a second Security header for the next receiver", "security-header-repeated",
            text: try text.changing(security, to: toNext + security))
        let toSomebody = empty.replacingOccurrences(of: "/>", with: " soap:\(attribute)=\"urn:somebody\"/>")
        add("W10", "a second Security header for somebody else", .accepted, try text.changing(security, to: toSomebody + security))
        refuse(
            "W12", "the utility namespace replaced", "signature-wrong", "digest-wrong", "reference-not-found", "timestamp-missing",
            "security-header-content",
            text: try text.changing(SecurityNamespace.utility, to: "urn:another"))
        refuse("W18", "no Security header", "security-header-missing", text: try text.changing(security, to: ""))
        refuse(
            "W18", "the Security header given to somebody else", "security-header-missing",
            text: try text.changing("soap:mustUnderstand=\"1\"", to: "soap:\(attribute)=\"urn:somebody\""))
    }

    mutating func addTimes(old: SignedSample, now: XMLDateTime) async throws {
        let signed = try old.text.element("wsu:Timestamp")
        let fresh = try sample.text.element("wsu:Timestamp").changing(" wsu:Id=\"Timestamp\"", to: "")
        let aside = "<w:W xmlns:w=\"u:w\">\(signed)</w:W></soap:Header>"
        refuse(
            "W9", "the signed old Timestamp aside, a fresh one in its place", "part-not-signed",
            text: try old.text.changing(signed, to: fresh).changing("</soap:Header>", to: aside))
        refuse("W9", "two Timestamps", "timestamp-malformed", text: try old.text.changing(signed, to: signed + fresh))
        refuse("W9", "no Timestamp", "timestamp-missing", text: try sample.text.changing(sample.text.element("wsu:Timestamp"), to: ""))
        refuse("replay", "a message of an hour ago", "timestamp-expired", text: old.text)
    }
}
