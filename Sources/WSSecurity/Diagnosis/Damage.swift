internal import Foundation
internal import SOAP

/// What is known to be done to messages between a signer and us, and how it is tried to be undone.
public enum Damage: String, CaseIterable, Sendable, Codable {
    case reindented = "re-indented"
    case lineEnds = "line-ends"
    case byteOrderMark = "byte-order-mark"
    case reencoded = "re-encoded"
    case normalized
    case escapedTwice = "escaped-twice"
    case folded
    case attributesAdded = "attributes-added"
    case prefixRenamed = "prefix-renamed"
    case inclusive
    case commentsKept = "comments-kept"
    case prefixListLost = "prefix-list-lost"
    case otherElement = "other-element"
    case otherCertificate = "other-certificate"
    case clock

    /// What happened, and what to tell the partner.
    public var text: String {
        switch self {
        case .reindented:
            "White space was put between elements after signing (pretty printing). Send the bytes that were signed, as they are."
        case .prefixRenamed:
            "Namespace prefixes were changed after signing, as programs do that read and write XML anew. Send the bytes that were signed."
        case .lineEnds:
            "The signer's line ends are carriage return and line feed, and arrived as line feeds. Write them as &#13; or sign line feeds."
        case .byteOrderMark: "A byte order mark (U+FEFF) stands inside the message, as where files are joined. Leave it out."
        case .reencoded: "UTF-8 was read as another encoding and written as UTF-8 again. Say charset=utf-8, and leave the bytes alone."
        case .normalized: "Characters were composed or decomposed after signing (Unicode normalization). Leave the text as it was signed."
        case .escapedTwice: "Entities were escaped a second time (&amp;lt; for &lt;) after signing. Escape once."
        case .folded: "Base64 was folded into lines after signing. Leave its lines as they were signed."
        case .attributesAdded: "Attributes of XML Schema's instance namespace (xsi:) were added after signing. Sign what is sent."
        case .inclusive:
            "The digest was made by inclusive canonicalization, while the Reference names the exclusive one. Set the signer to exclusive."
        case .commentsKept: "The digest was made with comments, while the Reference names canonicalization without them."
        case .prefixListLost:
            "The digest was made with an InclusiveNamespaces PrefixList that is not in the message. Send the list, or sign without one."
        case .otherElement: "The digest is that of another element than the Reference names. Let the Reference name what is digested."
        case .otherCertificate: "The message was signed with another key than that of the certificate it names. Name the one that signs."
        case .clock: "The Timestamp does not fit the time here. Set the clocks by NTP, and sign when sending."
        }
    }

    /// What may have been signed, given the canonical form of a part as it arrived.
    func undone(_ part: Markup) -> AnySequence<[UInt8]> {
        func texts(_ changes: ((String) -> String)...) -> AnySequence<[UInt8]> {
            AnySequence(changes.lazy.map { part.mapTexts($0).bytes })
        }
        switch self {
        case .reindented: return AnySequence([part.withoutIndentation.bytes])
        case .prefixRenamed: return PrefixGuesses(part).all
        case .lineEnds:
            return texts(
                { $0.replacing("\n", with: "&#xD;\n") }, { $0.replacing("\n", with: "&#xD;") }, { $0.replacing("&#xD;", with: "") })
        case .byteOrderMark: return texts({ $0.replacing("\u{FEFF}", with: "") })
        case .reencoded:
            return AnySequence(
                [String.Encoding.isoLatin1, .windowsCP1252].lazy.map { encoding in
                    part.mapTexts { text in text.data(using: encoding).flatMap { String(data: $0, encoding: .utf8) } ?? text }.bytes
                })
        case .normalized: return texts(\.precomposedStringWithCanonicalMapping, \.decomposedStringWithCanonicalMapping)
        case .escapedTwice: return texts({ $0.replacing("&amp;", with: "&") })
        case .folded:
            return texts({ text in
                let whole = text.replacing("&#xD;", with: "")
                return whole.contains(/^[A-Za-z0-9+\/=\s]{40,}$/) ? whole.filter { !$0.isWhitespace } : text
            })
        case .attributesAdded:
            guard let prefix = PrefixTemplate(part).declared["http://www.w3.org/2001/XMLSchema-instance"], !prefix.isEmpty else {
                return AnySequence([])
            }
            let marks = ["xmlns:\(prefix)", prefix + ":"]
            return AnySequence([
                part.mapTags { tag in
                    tag.replacing(/\s([^\s=<>\/"']+)\s*=\s*("[^"]*"|'[^']*')/) { match in
                        match.output.1 == marks[0] || match.output.1.hasPrefix(marks[1]) ? "" : match.output.0
                    }
                }.bytes
            ])
        case .inclusive, .commentsKept, .prefixListLost, .otherElement, .otherCertificate, .clock: return AnySequence([])
        }
    }
}

extension Markup {
    /// Without the white space that alone stands between two tags, and that at the ends.
    var withoutIndentation: Markup {
        mapTexts { $0.allSatisfy(\.isWhitespace) ? "" : $0 }
    }
}

/// The prefixes that toolkits use.
private struct PrefixGuesses {
    let all: AnySequence<[UInt8]>

    private static let usual: [String: [String]] = [
        SOAPVersion.v12.namespace: soap, SOAPVersion.v11.namespace: soap,
        SecurityNamespace.utility: ["wsu", "u"], SecurityNamespace.extension1: ["wsse", "o"],
        "http://www.w3.org/2000/09/xmldsig#": ["ds", "", "dsig"], "http://www.w3.org/2001/10/xml-exc-c14n#": ["ec", "", "c14n"],
        "http://www.w3.org/2005/08/addressing": ["wsa", "a", "add", "wsa5", ""],
    ]
    private static let soap = ["soap", "soapenv", "SOAP-ENV", "env", "S", "s", "soap12", "e", "SOAP"]
    private static let content = ["", "eco", "tns", "ns1", "ns2", "ns0", "ns", "co", "urn", "m", "q1", "n1", "e"]
    private static let most = 1000

    init(_ part: Markup) {
        let template = PrefixTemplate(part)
        let known = template.declared.sorted { $0.key < $1.key }
        var choices: [[String: String]] = [[:]]
        for (namespace, prefix) in known {
            let guesses = [prefix] + (PrefixGuesses.usual[namespace] ?? PrefixGuesses.content).filter { $0 != prefix }
            choices = choices.flatMap { choice in guesses.map { choice.merging([prefix: $0]) { $1 } } }
            if choices.count > PrefixGuesses.most { choices = Array(choices.prefix(PrefixGuesses.most)) }
        }
        // Two namespaces cannot have one prefix.
        all = AnySequence(choices.lazy.filter { Set($0.values).count == $0.count }.map(template.filled))
    }
}
