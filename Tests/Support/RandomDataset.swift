public import Datasets
internal import XML
internal import XMLSignature

/// A generator whose run can be repeated (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    public init(seed: UInt64) { state = seed }
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Dataset {
    /// A valid dataset with every kind of value that the menu allows, made by walking it; where chance breaks a rule between
    /// elements, another one.
    public static func random(_ message: MenuMessage, using generator: inout SeededGenerator) -> Dataset {
        for _ in 0..<1000 {
            var values = record(message.menuClass, &generator)
            keepRules(&values, message.menuClass, &generator)
            let dataset = Dataset(message, values)
            if (try? Dataset(json: dataset.json(), as: message)) != nil { return dataset }
        }
        preconditionFailure("chance makes no valid \(message.xml.local): a pattern may have no sample here")
    }

    /// The rules that chance would hardly ever keep.
    private static func keepRules(_ values: inout [String: DatasetValue], _ menuClass: MenuClass, _ generator: inout SeededGenerator) {
        if menuClass.element("goodsItems") != nil {
            if values["consignee"] == nil, values["importer"] == nil, let party = menuClass.record("importer") {
                values["importer"] = .record(record(party, &generator))
            }
            values["preferential"] = nil
            values["validity"] = menuClass.element("validity").flatMap { $0.isUsed ? .record(["from": .text("2026-01-31")]) : nil }
            if menuClass.element("agreementCode")?.cardinality.minimum == 0 { values["typeCode"] = .text("861") }
        }
        if menuClass.element("agreementCode")?.cardinality.minimum == 0 { values["agreementCode"] = nil }
        if case .list(let attachments)? = values["attachments"] { values["attachments"] = .list(attachments.map(withDigest)) }
        if let amendment = menuClass.record("amendment"), let certificate = amendment.record("certificate") {
            let kind = ["1", "4", "5"].randomElement(using: &generator)!
            var certified = record(certificate, &generator)
            keepRules(&certified, certificate, &generator)
            certified["versionId"] = .text("2")
            certified["agreementCode"] = menuClass.element("agreementCode")?.cardinality.minimum == 0 ? nil : certified["agreementCode"]
            values["agreementCode"] = certified["agreementCode"]
            if case .text(let id)? = values["id"] {
                if kind == "4" { certified["id"] = .text(id) } else { certified["replaces"] = .record(["id": .text(id)]) }
            }
            if case .record(var said)? = values["amendment"] {
                said["kind"] = .text(kind)
                said["certificate"] = kind == "1" ? nil : .record(certified)
                values["amendment"] = .record(said)
            }
        }
    }

    private static func withDigest(_ attachment: DatasetValue) -> DatasetValue {
        guard case .record(var values) = attachment, case .text(let content)? = values["content"], let bytes = Base64.decode(content) else {
            return attachment
        }
        values["sha256"] = .text(Digest(of: bytes).hex)
        return .record(values)
    }

    private static func record(_ menuClass: MenuClass, _ generator: inout SeededGenerator) -> [String: DatasetValue] {
        var values: [String: DatasetValue] = [:]
        for element in menuClass.elements {
            guard element.isUsed else { continue }
            let isLeftOut = element.cardinality.minimum == 0 && Int.random(in: 0..<3, using: &generator) == 0
            if isLeftOut { continue }
            if element.cardinality.isList {
                let count = Int.random(in: 1...min(3, element.cardinality.maximum ?? 3), using: &generator)
                values[element.json] = .list((0..<count).map { _ in value(element.content, &generator) })
            } else {
                values[element.json] = value(element.content, &generator)
            }
        }
        return values
    }

    private static func value(_ content: MenuElement.Content, _ generator: inout SeededGenerator) -> DatasetValue {
        switch content {
        case .record(let menuClass): .record(record(menuClass, &generator))
        case .simple(let format): .text(simple(format, &generator))
        }
    }

    private static func simple(_ format: ElementFormat, _ generator: inout SeededGenerator) -> String {
        switch format {
        case .text(let minimum, let maximum): text(minimum, min(maximum, 40), &generator)
        case .pattern(let pattern, _, _): sample(of: pattern.text)
        case .code(let list): list.codes.randomElement(using: &generator)!.code
        case .integer(let minimum, let digits):
            String(Int.random(in: minimum...(Int(String(repeating: "9", count: digits)) ?? minimum), using: &generator))
        case .decimal(let digits, let fraction): decimal(digits, fraction, &generator)
        case .date: "20\(two(10...40, &generator))-\(two(1...12, &generator))-\(two(1...28, &generator))"
        case .dateTime: dateTime(&generator)
        case .boolean: Bool.random(using: &generator) ? "true" : "false"
        case .base64:
            Base64.encode((0..<Int.random(in: 1...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    /// Texts with what is hard: markup, white space, combining characters, scripts, characters outside the BMP, CR.
    private static func text(_ minimum: Int, _ maximum: Int, _ generator: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "Z", "0", "<", ">", "&", "\"", "'", " ", "\n", "\t", "\r", "é", "e", "\u{301}", "한", "字", "ﬁ", "\u{A0}", "😀", "]", "\\",
            "/",
            "\u{FFFD}", "\u{7F}", "\u{85}", "\u{2028}",
        ]
        let count = Int.random(in: max(1, minimum)...maximum, using: &generator)
        var text = String.UnicodeScalarView()
        text.append("x")
        for _ in 1..<max(count, 1) where text.count < count { text.append(scalars.randomElement(using: &generator)!) }
        return String(text)
    }

    private static func sample(of pattern: String) -> String {
        switch pattern {
        case #"1\.0"#: "1.0"
        case "[A-Z]{2}[A-Z2-9]{3}": "KRSEL"
        case "(0[1-9]|[1-689][0-9]|7[0-689])[0-9]{4,10}": "84821000"
        case "[0-9a-f]{64}": String(repeating: "0a", count: 32)
        case let dotted where dotted.hasPrefix("[0-9]{4}\\.[0-9]{2}"): "8482.10"
        case "(0[1-9]|[1-689][0-9]|7[0-689])[0-9]{4}": "848210"
        case "[0-9]+\\.[0-9]+\\.[0-9]+": "4.1.1"
        case let code where code.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }: code
        default: "application/pdf"
        }
    }

    private static func decimal(_ digits: Int, _ fraction: Int, _ generator: inout SeededGenerator) -> String {
        let places = Int.random(in: 0...fraction, using: &generator)
        let whole = Int.random(in: 1...(digits - places), using: &generator)
        func run(_ count: Int) -> String { (0..<count).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined() }
        let head = whole == 1 ? run(1) : String(Int.random(in: 1...9, using: &generator)) + run(whole - 1)
        return places == 0 ? head : head + "." + run(places)
    }

    private static func dateTime(_ generator: inout SeededGenerator) -> String {
        let fraction = ["", ".5", ".000", ".123456789"].randomElement(using: &generator)!
        let offset = ["", "Z", "+09:00", "-03:30", "+14:00"].randomElement(using: &generator)!
        return "20\(two(10...40, &generator))-\(two(1...12, &generator))-\(two(1...28, &generator))T"
            + "\(two(0...23, &generator)):\(two(0...59, &generator)):\(two(0...59, &generator))\(fraction)\(offset)"
    }

    private static func two(_ range: ClosedRange<Int>, _ generator: inout SeededGenerator) -> String {
        let number = Int.random(in: range, using: &generator)
        return number < 10 ? "0\(number)" : String(number)
    }
}
