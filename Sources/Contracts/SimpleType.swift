internal import Datasets

/// A format of the menu as a named simple type. White space of text is kept (`xs:string`); decimals are strings with a
/// pattern, because toolkits that map `xs:decimal` to a binary number change digits.
struct SimpleType {
    let name: String
    let markup: Markup

    init(_ format: ElementFormat) {
        let restriction: Markup
        switch format {
        case .text(let minimum, let maximum):
            name = minimum == maximum ? "Text\(maximum)Exactly" : "Text\(maximum)"
            restriction = SimpleType.restriction(
                "xs:string", SimpleType.length(minimum, maximum) + [SimpleType.pattern(SimpleType.notBlank)])
        case .pattern(let pattern, let minimum, let maximum):
            name = "Pattern\(maximum)_" + SimpleType.tag(of: pattern.text)
            restriction = SimpleType.restriction("xs:string", SimpleType.length(minimum, maximum) + [SimpleType.pattern(pattern.text)])
        case .code(let list):
            name = "Code_" + list.id.split(separator: "-").joined(separator: "_")
            restriction = SimpleType.restriction("xs:string", list.codes.map(SimpleType.enumeration))
        case .integer(let minimum, let digits):
            name = "Count\(digits)From\(minimum)"
            restriction = SimpleType.restriction(
                "xs:int", [SimpleType.pattern("0|[1-9][0-9]{0,\(digits - 1)}"), Markup("xs:minInclusive", ["value": String(minimum)])])
        case .decimal(let digits, let fraction):
            name = "Decimal\(digits)_\(fraction)"
            restriction = SimpleType.restriction("xs:string", [SimpleType.pattern(SimpleType.decimal(digits, fraction))])
        case .date:
            name = "Date"
            restriction = SimpleType.restriction("xs:date", [SimpleType.pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}")])
        case .dateTime:
            name = "DateTime"
            restriction = SimpleType.restriction("xs:dateTime", [SimpleType.pattern(SimpleType.dateTime)])
        case .boolean:
            name = "Boolean"
            restriction = SimpleType.restriction("xs:boolean", [])
        case .base64:
            name = "Base64"
            restriction = SimpleType.restriction("xs:base64Binary", [Markup("xs:minLength", ["value": "1"])])
        }
        markup = Markup("xs:simpleType", ["name": name], [restriction])
    }

    private static func restriction(_ base: String, _ facets: [Markup]) -> Markup { Markup("xs:restriction", ["base": base], facets) }

    private static func pattern(_ value: String) -> Markup { Markup("xs:pattern", ["value": value]) }

    private static func length(_ minimum: Int, _ maximum: Int) -> [Markup] {
        [Markup("xs:minLength", ["value": String(minimum)]), Markup("xs:maxLength", ["value": String(maximum)])]
    }

    private static func enumeration(_ code: (code: String, name: String)) -> Markup {
        guard !code.name.isEmpty else { return Markup("xs:enumeration", ["value": code.code]) }
        return Markup(
            "xs:enumeration", ["value": code.code],
            [Markup("xs:annotation", [:], [Markup("xs:documentation", ["xml:lang": "en"], text: code.name)])])
    }

    private static let notBlank = #"[\s\S]*[^ \t\n\r][\s\S]*"#

    static let dateTime =
        #"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+\-][0-9]{2}:[0-5][0-9])?"#

    /// One alternative for each number of places, so that the digits in all can be counted.
    static func decimal(_ digits: Int, _ fraction: Int) -> String {
        (0...fraction).map { places in
            "(0|[1-9][0-9]{0,\(digits - places - 1)})" + (places == 0 ? "" : #"\.[0-9]{\#(places)}"#)
        }.joined(separator: "|")
    }

    /// A name for a pattern that stays the same from run to run.
    private static func tag(of pattern: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in pattern.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return String(hash, radix: 36)
    }
}
