import Datasets
import Foundation
import Fuzzing
import XML

/// Every example as JSON and as XML, under each agreement and under none, with the letter of its message before it.
struct TranslationSeeds {
    let examples: Examples
    private let messages = FuzzMessages()

    init(examples: Examples) {
        self.examples = examples
    }

    func write(to folder: FuzzFolder) throws {
        for (letter, name) in messages.names {
            let prefix = "seeds/json/" + name
            let xml = try example(name)
            let json = try messages.catalog.dataset(reading: XMLDocument(parsing: xml).root, as: name).json()
            try folder.write([letter] + xml, to: prefix + ".xml")
            try folder.write([letter] + json, to: prefix + ".json")
            for agreement in messages.catalog.agreements.keys {
                let text = String(decoding: json, as: UTF8.self)
                let other = text.replacingOccurrences(of: "\"agreementCode\":\"RCEP\"", with: "\"agreementCode\":\"\(agreement)\"")
                if other != text { try folder.write([letter] + Array(other.utf8), to: "\(prefix)-\(agreement).json") }
                let none = text.replacingOccurrences(of: "\"agreementCode\":\"RCEP\",", with: "")
                if none != text { try folder.write([letter] + Array(none.utf8), to: prefix + "-none.json") }
            }
        }
        try folder.write(Array(dictionary.utf8), to: "json.dict")
    }

    /// `SendCO` is in `send-co.xml`.
    private func example(_ message: String) throws -> [UInt8] {
        for operation in messages.catalog.menu.operations {
            if operation.request.xml.local == message { return examples.bytes(operation.name + ".xml") }
            if operation.response.xml.local == message { return examples.bytes(operation.name + "-response.xml") }
        }
        return examples.bytes("refusal.xml")
    }

    /// The names of the menu in both spellings, the codes of short lists, and hard pieces of both syntaxes.
    private var dictionary: String {
        var tokens: Set<String> = [
            "<![CDATA[", "]]>", "<!-- -->", "&#13;", "&amp;", "&#x0;", "\\u0000", "\\ud83d\\ude00", "\\ud83d", "\\r", "\\/", "null", "true",
            "1e0", "-0", "0.0", "1.0", "2026-02-29", "T24:00:00Z", "+14:00", "\u{FEFF}", "\u{FFFE}", "e\u{301}", "\u{85}", "\u{2028}", "[]",
            "{}",
        ]
        for menuClass in messages.catalog.menu.classes {
            for element in menuClass.elements {
                tokens.formUnion(["\"\(element.json)\":", "<\(element.xml.local)>", "</\(element.xml.local)>"])
            }
        }
        for list in messages.catalog.menu.codeLists where list.codes.count <= 40 { tokens.formUnion(list.codes.map { "\"\($0.code)\"" }) }
        return tokens.sorted().map { TranslationSeeds.entry($0) + "\n" }.joined()
    }

    private static func entry(_ token: String) -> String {
        let escaped = token.utf8.map { byte in
            let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            return isPlain ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\"\(escaped.joined())\""
    }
}
