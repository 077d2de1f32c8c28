import Datasets
import Foundation
import Support
import Testing
import XML

/// What an agreement changes: which rules hold, and elements that only it has.
struct AgreementTests {
    static let catalog = TranslationTests.catalog
    private static var example: [String: Any] {
        try! JSONSerialization.jsonObject(with: Data(Repository.bytes("wsdl/examples/send-co.json"))) as! [String: Any]
    }

    /// Codes and places of what is wrong with the example once it is changed.
    private func problems(_ catalog: Catalog = catalog, _ change: (inout [String: Any]) -> Void) throws -> [String] {
        var message = Self.example
        change(&message)
        let json = Array(try JSONSerialization.data(withJSONObject: message))
        return problems { _ = try catalog.dataset(json: json, as: "SendCO") }
    }

    private func problems(_ read: () throws -> Void) -> [String] {
        do {
            try read()
            return []
        } catch let error as DatasetError {
            return error.problems.map { "\($0.code.rawValue) \($0.place)" }
        } catch { return ["\(error)"] }
    }

    /// The example as a certificate under CHAFTA.
    private static func chafta(_ message: inout [String: Any]) {
        message["agreementCode"] = "CHAFTA"
        for name in ["consignee", "tradeTerms"] { message[name] = nil }
        var item = (message["goodsItems"] as! [[String: Any]])[2]
        item["invoices"] = [["number": "1", "date": "2026-11-01"]]
        message["goodsItems"] = [item]
    }

    @Test func `the agreements are there`() {
        let own = Self.catalog.agreements.filter { $0.value.agreement?.sameAs == nil }
        #expect(own.keys.sorted() == ["A18", "ATIGA", "CHAFTA", "NONPREF", "RCEP"])
        let likeA18 = Self.catalog.agreements.filter { $0.value.agreement?.sameAs == "A18" }
        #expect(likeA18.keys.sorted() == ["A13", "A14", "A35", "A36", "A57", "A59", "A72", "A73"])
        #expect(Self.catalog.agreements["CHAFTA"]?.agreement?.procedures.amendments == ["1", "5"])
    }

    @Test func `the agreement named in the message decides its rules`() throws {
        #expect(try problems { _ in } == [])
        #expect(try problems(Self.catalog, Self.chafta) == [])
        #expect(try problems { $0["agreementCode"] = "RCPE" } == ["unknown-agreement /agreementCode"])
        #expect(try problems { $0["typeCode"] = "954" } == ["code-list /typeCode"])
        #expect(
            try problems { message in
                Self.chafta(&message)
                message["consignee"] = message["importer"]
            } == ["not-used /consignee"])
        #expect(
            try problems { message in
                Self.chafta(&message)
                message["goodsItems"] = Array(repeating: (message["goodsItems"] as! [Any])[0], count: 21)
            } == ["too-many /goodsItems"])
        #expect(try problems { $0["validity"] = ["from": "2026-11-20", "to": "2027-11-21"] } == ["rule /validity"])
        #expect(try problems { $0["validity"] = ["from": "2026-11-20", "to": "2026-11-19"] } == ["rule /validity"])
        #expect(try problems { $0["validity"] = ["to": "2027-11-20"] } == [])
    }

    @Test func `in XML the same is refused, with its path`() throws {
        let xml = String(
            decoding: try Self.catalog.dataset(json: Repository.bytes("wsdl/examples/send-co.json"), as: "SendCO").xml, as: UTF8.self)
        func problems(_ from: String, _ to: String) -> [String] {
            self.problems {
                _ = try Self.catalog.dataset(
                    reading: XMLDocument(parsing: Array(xml.replacingOccurrences(of: from, with: to).utf8)).root, as: "SendCO")
            }
        }
        #expect(problems(">RCEP<", ">RCPE<") == ["unknown-agreement /SendCO/AgreementCode"])
        #expect(problems(">RCEP<", "> RCEP<") == ["unknown-agreement /SendCO/AgreementCode"])
        #expect(problems("<To>2027-11-19</To>", "<To>2028-01-01</To>") == ["rule /SendCO/Validity"])
        #expect(problems(">RCEP<", ">NONPREF<").contains("not-used /SendCO/Preferential"))
    }

    @Test func `elements that only an agreement has stand in its own namespace`() throws {
        var generator = SeededGenerator(seed: 18)
        let message = try #require(Self.catalog.agreements["A18"]).message("SendCO")
        let dataset = Dataset.random(message, using: &generator)
        let xml = String(decoding: dataset.xml, as: UTF8.self)
        #expect(xml.contains("<Extensions><A18 xmlns=\"urn:coconect:eco:agreement:A18:1\"><CODVersion>4.1.1</CODVersion>"))
        #expect(try XMLDocument(parsing: dataset.xml).root.canonicalized() == dataset.xml)
        let wrong = xml.replacingOccurrences(of: "urn:coconect:eco:agreement:A18:1", with: "urn:coconect:eco:1")
        let found = problems { _ = try Self.catalog.dataset(reading: XMLDocument(parsing: Array(wrong.utf8)).root, as: "SendCO") }
        #expect(found.contains("unknown-element /SendCO/Extensions/A18"))
        #expect(try problems { $0["extensions"] = ["A18": ["codVersion": "4.1.1"]] } == ["unknown-element /extensions/A18"])
    }

    /// One invoice at the most is still a list, in JSON as in XML.
    @Test func `a list of at the most one stays a list`() throws {
        let yaml = Self.deployment.replacingOccurrences(of: "limits: {goodsItems: 3}", with: "limits: {remarks: 1}").replacingOccurrences(
            of: "remarks: N", with: "remarks: O")
        let catalog = try Catalog(adding: [("mutual.yaml", yaml)])
        func change(_ message: inout [String: Any], _ remarks: Any) {
            message["agreementCode"] = "MUTUAL"
            message["validity"] = nil
            message["extensions"] = ["MUTUAL": ["sealNumber": "S-1"]]
            message["remarks"] = remarks
        }
        #expect(try problems(catalog) { change(&$0, ["one"]) } == [])
        #expect(try problems(catalog) { change(&$0, ["one", "two"]) } == ["too-many /remarks"])
        #expect(try problems(catalog) { change(&$0, "one") } == ["wrong-type /remarks"])
    }

    /// A condition holds where any entry of a list has the value, not the first alone.
    @Test func `a condition looks at every entry of a list`() throws {
        let yaml =
            Self.deployment + "\nrules: [{of: certificate, when: {goodsItems.origin.countryCode: [JP]}, need: [tradeTerms], text: x}]"
        let catalog = try Catalog(adding: [("mutual.yaml", yaml)])
        #expect(
            try problems(catalog) { message in
                message["agreementCode"] = "MUTUAL"
                for name in ["remarks", "validity"] { message[name] = nil }
                message["extensions"] = ["MUTUAL": ["sealNumber": "S-1"]]
            } == ["rule /tradeTerms"])
    }

    static let deployment = """
        agreement: MUTUAL
        version: 3
        title: Agreement of two customs
        source: a test
        languages: [en]
        validityMonths: 3
        documentTypes: ["861"]
        procedures: {amendments: ["5"], holdHours: 1, tries: 3}
        elements: {consignee: M, remarks: N}
        limits: {goodsItems: 3}
        extensions:
          - {json: sealNumber, xml: SealNumber, format: an..20, card: "1", basis: inference, text: Number of the customs seal}
        """

    @Test func `a file adds an agreement with a new element`() throws {
        let catalog = try Catalog(adding: [("mutual.yaml", Self.deployment)])
        func change(_ message: inout [String: Any]) {
            message["agreementCode"] = "MUTUAL"
            for name in ["remarks", "validity"] { message[name] = nil }
            message["extensions"] = ["MUTUAL": ["sealNumber": "S-1"]]
        }
        #expect(try problems(catalog, change) == [])
        #expect(
            try problems(catalog) { message in
                change(&message)
                message["extensions"] = ["MUTUAL": ["sealNumber": ""]]
                message["remarks"] = ["x"]
            }.sorted() == ["empty /extensions/MUTUAL/sealNumber", "not-used /remarks"])
        #expect(
            try problems(catalog) { message in
                change(&message)
                message["extensions"] = nil
            } == ["missing-element /extensions"])
    }

    @Test(arguments: [
        ("consignee: M", "consignees: M", "consignees is no element of a certificate"),
        ("consignee: M", "exporter: N", "exporter is mandatory in every certificate"),
        ("consignee: M", "consignee: X", "cannot be read"), ("\"861\"", "\"999\"", "typeCode allows 999"),
        ("goodsItems: 3", "exporter: 3", "exporter is no list"), ("MUTUAL", "mutual", "capital letters"),
        ("format: an..20", "type: Nothing", "no class Nothing"), ("amendments: [\"5\"]", "amendments: [\"9\"]", "procedures.amendments"),
        ("languages: [en]", "languages: {", "cannot be read"), ("limits:", "limit:", "line 10: unknown key limit; did you mean limits?"),
        ("holdHours: 1", "holdHours: 1, hold: 2", "unknown key hold"), ("format: an..20", "format: an..20, lst: x", "unknown key lst"),
        ("{goodsItems: 3}", "{goodsItems: 0}", "limit 0"), ("limits: {goodsItems: 3}", "codes: {exporter: x}", "exporter is no text"),
        ("limits: {goodsItems: 3}", "patterns: {exportCountryCode: x}", "exportCountryCode is no free text"),
        ("limits: {goodsItems: 3}", "rules: [{of: certificat, any: [importer], text: x}]", "needs either of: certificate"),
        ("limits: {goodsItems: 3}", "rules: [{of: certificate, text: x}]", "exactly one demand"),
        ("limits: {goodsItems: 3}", "rules: [{of: certificate, need: [goodsItem.origin], text: x}]", "no element goodsItem.origin"),
        (
            "limits: {goodsItems: 3}", "rules: [{of: certificate, when: {goodsItems.x: [\"1\"]}, need: [importer], text: x}]",
            "no element goodsItems.x"
        ),
    ])
    func `a file that is wrong is refused with its name and what is wrong`(_ from: String, _ to: String, _ said: String) throws {
        try #require(Self.deployment.contains(from))
        let wrong = Self.deployment.replacingOccurrences(of: from, with: to)
        let error = #expect(throws: CatalogError.self) { try Catalog(adding: [("mutual.yaml", wrong), ("good.yaml", Self.deployment)]) }
        #expect(error?.problems.count == 1)
        #expect(
            error?.description.contains("mutual.yaml: ") == true && error?.description.contains(said) == true,
            "\(String(describing: error))")
    }
}
