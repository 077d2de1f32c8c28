import Datasets
import Foundation
import Support
import Testing
import XML

/// What is refused, by its code and its place: JSON Pointer in JSON, XPath in XML.
struct ProblemTests {
    private static let message = TranslationTests.message
    private static let example = try! Repository.text("wsdl/examples/send-co.json")

    private func problems(json: String) -> [DatasetProblem] {
        do {
            _ = try Dataset(json: Array(json.utf8), as: Self.message)
            return []
        } catch { return error.problems }
    }

    private func problems(xml: String) throws -> [DatasetProblem] {
        do {
            _ = try Dataset(reading: XMLDocument(parsing: Array(xml.utf8)).root, as: Self.message)
            return []
        } catch let error as DatasetError { return error.problems }
    }

    @Test(arguments: [
        ("\"typeCode\": \"861\"", "\"typeCode\": \"999\"", DatasetProblem.Code.codeList, "/typeCode"),
        ("\"country\": \"KR\"", "\"country\": \"\u{212A}R\"", .codeList, "/sender/country"),
        ("\"country\": \"KR\"", "\"country\": \"kr\"", .codeList, "/sender/country"),
        ("\"versionId\": \"1\",", "\"versionID\": \"1\",", .unknownElement, "/versionID"),
        ("\"id\": \"K001-26-0004711\",", "", .missingElement, "/id"),
        ("\"versionId\": \"1\"", "\"versionId\": \"\"", .empty, "/versionId"),
        ("\"versionId\": \"1\"", "\"versionId\": \" \\n\"", .empty, "/versionId"),
        ("\"versionId\": \"1\"", "\"versionId\": \"1234567890\"", .tooLong, "/versionId"),
        ("\"versionId\": \"1\"", "\"versionId\": null", .wrongType, "/versionId"),
        ("\"versionId\": \"1\"", "\"versionId\": 1", .wrongType, "/versionId"),
        ("\"versionId\": \"1\"", "\"versionId\": \"\\u0001\"", .format, "/versionId"),
        ("\"versionId\": \"1\"", "\"versionId\": \"1\", \"versionId\": \"2\"", .repeatedElement, "/versionId"),
        ("\"812.500\"", "\"0812.500\"", .format, "/goodsItems/0/grossMass/value"),
        ("\"812.500\"", "\"8.12e2\"", .format, "/goodsItems/0/grossMass/value"),
        ("\"812.500\"", "\"-1\"", .format, "/goodsItems/0/grossMass/value"),
        ("\"812.500\"", "\"1.1234567\"", .format, "/goodsItems/0/grossMass/value"),
        ("\"812.500\"", "\"12345678901.123456\"", .format, "/goodsItems/0/grossMass/value"),
        ("\"812.500\"", "812.500", .wrongType, "/goodsItems/0/grossMass/value"),
        ("\"quantity\": 40", "\"quantity\": 40.0", .format, "/goodsItems/0/packaging/0/quantity"),
        ("\"quantity\": 40", "\"quantity\": \"40\"", .wrongType, "/goodsItems/0/packaging/0/quantity"),
        ("\"sequence\": 1,", "\"sequence\": 0,", .format, "/goodsItems/0/sequence"),
        ("\"848210\"", "\"84821\"", .format, "/goodsItems/0/classification"),
        ("\"848210\"", "\"8482.10\"", .format, "/goodsItems/0/classification"),
        ("\"from\": \"2026-11-20\"", "\"from\": \"2026-02-30\"", .format, "/validity/from"),
        ("\"producers\": [{\"disclosure\": \"CONFIDENTIAL\"}]", "\"producers\": []", .empty, "/producers"),
        ("\"producers\": [{\"disclosure\": \"CONFIDENTIAL\"}]", "\"producers\": {\"disclosure\": \"SAME\"}", .wrongType, "/producers"),
        ("\"agreementCode\": \"RCEP\",", "", .rule, "/agreementCode"),
        ("\"criterionCode\": \"RVC\", ", "", .rule, "/goodsItems/1/origin/criterionCode"),
        ("\"datasetVersion\": \"1.0\"", "\"datasetVersion\": \"2.0\"", .format, "/datasetVersion"),
    ])
    func `a problem in JSON has its pointer`(_ from: String, _ to: String, _ code: DatasetProblem.Code, _ place: String) throws {
        try #require(Self.example.contains(from))
        let changed = Self.example.replacingFirst(from, with: to)
        #expect(problems(json: changed).map { "\($0.code.rawValue) \($0.place)" } == ["\(code.rawValue) \(place)"])
    }

    @Test(arguments: [
        "", "{", "[]x", "{\"a\":}", "{\"a\" 1}", "{\"a\":01}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}", "{\"a\":tru}",
        "{,}", "{\"a\":1,}", "{} {}",
    ])
    func `what is not JSON is refused with line and column`(_ text: String) throws {
        let found = problems(json: text)
        #expect(found.last?.code == .syntax)
        #expect(try #require(found.last).text.contains("line 1, column"))
    }

    @Test func `what is not UTF-8 is refused with its place`() throws {
        let bytes = Array("{\n \"id\": \"a".utf8) + [0xFF] + Array("\"}".utf8)
        let error = #expect(throws: DatasetError.self) { try Dataset(json: bytes, as: Self.message) }
        #expect(error?.problems.first?.text.contains("line 2, column 10") == true, "\(String(describing: error))")
    }

    @Test(arguments: ["\\ufffe", "\\uffff", "\\u0000", "\u{FFFE}"])
    func `characters that XML cannot hold are refused`(_ text: String) {
        let changed = Self.example.replacingFirst("\"versionId\": \"1\"", with: "\"versionId\": \"a\(text)\"")
        #expect(problems(json: changed).map(\.place) == ["/versionId"])
    }

    @Test func `deep JSON does not overflow the stack`() {
        let deep = "{\"x\":" + String(repeating: "[", count: 100_000)
        #expect(problems(json: deep).last?.code == .syntax)
    }

    @Test(arguments: [
        ("<TypeCode>861</TypeCode>", "<TypeCode>999</TypeCode>", DatasetProblem.Code.codeList, "/SendCO/TypeCode"),
        ("<TypeCode>861</TypeCode>", "", .missingElement, "/SendCO/TypeCode"),
        ("<TypeCode>861</TypeCode>", "<TypeCode>861</TypeCode><TypeCode>861</TypeCode>", .repeatedElement, "/SendCO/TypeCode[2]"),
        ("<TypeCode>861</TypeCode>", "<TypeCod>1</TypeCod><TypeCode>861</TypeCode>", .unknownElement, "/SendCO/TypeCod"),
        ("<TypeCode>861</TypeCode>", "<TypeCode><x/></TypeCode>", .unexpectedContent, "/SendCO/TypeCode"),
        ("<TypeCode>861</TypeCode>", "<TypeCode a=\"1\">861</TypeCode>", .unexpectedContent, "/SendCO/TypeCode/@a"),
        ("<TypeCode>861</TypeCode>", "text<TypeCode>861</TypeCode>", .unexpectedContent, "/SendCO"),
        ("<TypeCode>861</TypeCode>", "<TypeCode xmlns=\"\">861</TypeCode>", .unknownElement, "/SendCO/TypeCode"),
        ("<TypeCode>861</TypeCode>", "<TypeCode> 861</TypeCode>", .codeList, "/SendCO/TypeCode"),
        ("<Value>790.125000</Value>", "<Value> 790.125000</Value>", .format, "/SendCO/GoodsItem[1]/NetMass/Value"),
        ("<Sequence>2</Sequence>", "<Sequence>two</Sequence>", .format, "/SendCO/GoodsItem[2]/Sequence"),
        ("<CriterionCode>RVC</CriterionCode>", "", .rule, "/SendCO/GoodsItem[2]/Origin/CriterionCode"),
    ])
    func `a problem in XML has its path`(_ from: String, _ to: String, _ code: DatasetProblem.Code, _ place: String) throws {
        let xml = String(decoding: try Dataset(json: Array(Self.example.utf8), as: Self.message).xml, as: UTF8.self)
        try #require(xml.contains(from))
        let found = try problems(xml: xml.replacingFirst(from, with: to))
        #expect(found.first.map { "\($0.code.rawValue) \($0.place)" } == "\(code.rawValue) \(place)")
    }

    @Test func `elements out of order are named as such`() throws {
        let xml = String(decoding: try Dataset(json: Array(Self.example.utf8), as: Self.message).xml, as: UTF8.self)
        let moved = xml.replacingFirst("<DatasetVersion>1.0</DatasetVersion>", with: "")
            .replacingFirst("<TypeCode>861</TypeCode>", with: "<DatasetVersion>1.0</DatasetVersion><TypeCode>861</TypeCode>")
        let codes = try problems(xml: moved).map(\.code)
        #expect(codes == [.wrongOrder])
    }

    @Test func `a typing error gets the nearest name and the nearest codes`() throws {
        let name = try #require(problems(json: Self.example.replacingFirst("\"exporter\"", with: "\"exportr\"")).first)
        #expect(name.text.contains("did you mean exporter?"))
        let code = try #require(problems(json: Self.example.replacingFirst("\"unitCode\": \"KGM\"", with: "\"unitCode\": \"KGN\"")).first)
        #expect(code.text.contains("unece-rec20") && code.text.contains("KGM"))
    }

    /// Past the limit nothing more is noted, and nothing more is looked up.
    @Test func `thousands of problems end in a list of fifty`() {
        let items = (1...20_000).map { "{\"sequence\": \($0), \"wrong\($0)\": 1}" }.joined(separator: ",")
        #expect(problems(json: "{\"goodsItems\": [\(items)]}").count == 50)
    }

    @Test func `a rule that thousands of items break is told fifty times`() throws {
        let items = (1...3_000).map {
            "{\"sequence\": \($0), \"description\": \"x\", \"classification\": \"848210\", \"origin\": {\"countryCode\": \"KR\"}}"
        }
        let example = try #require(JSONSerialization.jsonObject(with: Data(Self.example.utf8)) as? [String: Any])
        var message = example
        message["goodsItems"] = try JSONSerialization.jsonObject(with: Data("[\(items.joined(separator: ","))]".utf8))
        let json = String(decoding: try JSONSerialization.data(withJSONObject: message), as: UTF8.self)
        #expect(problems(json: json).map(\.code) == Array(repeating: .rule, count: 50))
    }

    @Test func `every problem is told at once`() {
        let changed = Self.example.replacingOccurrences(of: "\"KGM\"", with: "\"kilo\"").replacingOccurrences(
            of: "\"USD\"", with: "\"dollar\"")
        #expect(problems(json: changed).count == 7)
    }
}

extension String {
    func replacingFirst(_ text: String, with other: String) -> String {
        guard let range = range(of: text) else { return self }
        return replacingCharacters(in: range, with: other)
    }
}
