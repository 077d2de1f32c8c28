import Datasets
import Foundation
import Support
import Testing
import XML

/// The rules between elements of the four messages: each sample is good, and each change breaks one rule.
struct OperationRuleTests {
    static let samples = [
        "SendCO": "send-co", "SendAmendmentNotification": "send-amendment-notification", "SendCancelationStatus": "send-cancelation-status",
        "SendFeedback": "send-feedback",
    ]

    @Test(arguments: samples.keys.sorted()) func `each sample is good, and the same in JSON and XML`(_ name: String) throws {
        let file = try #require(Self.samples[name])
        let json = try TranslationTests.catalog.dataset(json: Repository.bytes("wsdl/examples/\(file).json"), as: name)
        let xml = try XMLDocument(parsing: Repository.bytes("wsdl/examples/\(file).xml"))
        #expect(try TranslationTests.catalog.dataset(reading: xml.root, as: name) == json)
        let response = try XMLDocument(parsing: Repository.bytes("wsdl/examples/\(file)-response.xml"))
        #expect(throws: Never.self) { try TranslationTests.catalog.dataset(reading: response.root, as: name + "Response") }
    }

    @Test(arguments: [
        ("SendAmendmentNotification", "\"kind\": \"4\"", "\"kind\": \"1\"", ["rule /amendment/certificate"]),
        (
            "SendAmendmentNotification", "\"kind\": \"4\"", "\"kind\": \"5\"",
            ["rule /amendment/certificate/id", "rule /amendment/certificate/replaces"]
        ),
        (
            "SendAmendmentNotification", "\"id\": \"K001-26-0004711\",\n      \"versionId\": \"2\"",
            "\"id\": \"K001-26-0004712\",\n      \"versionId\": \"2\"", ["rule /amendment/certificate/id"]
        ),
        ("SendAmendmentNotification", "\"versionId\": \"2\",", "", ["rule /amendment/certificate/versionId"]),
        ("SendAmendmentNotification", "\"sha256\": \"21", "\"sha256\": \"22", ["rule /amendment/certificate/attachments/0/sha256"]),
        ("SendAmendmentNotification", "\"reasonCode\": \"GDS\"", "\"reasonCode\": \"XYZ\"", ["code-list /amendment/reasonCode"]),
        ("SendAmendmentNotification", "\"section\": \"42A\"", "\"section\": \"42AB\"", ["too-long /amendment/pointers/2/section"]),
        ("SendCancelationStatus", "\"reasonCode\": \"USED\",", "", ["rule /cancelation/reasonCode"]),
        ("SendCancelationStatus", "NOT_CANCELED", "MAYBE", ["code-list /cancelation/statusCode"]),
        ("SendFeedback", "\"reasonCode\": \"QUANTITY\",", "", ["rule /feedback/items/1/reasonCode"]),
        (
            "SendFeedback", "\"scope\": \"ITEM\"", "\"scope\": \"ALL\"",
            ["rule /feedback/items/0/sequence", "rule /feedback/items/1/sequence", "rule /feedback/items/2/sequence"]
        ),
        ("SendFeedback", "\"sequence\": 3,", "", ["rule /feedback/items/2/sequence"]),
        ("SendFeedback", "\"treatment\": \"DENIED\"", "\"treatment\": \"denied\"", ["code-list /feedback/items/2/treatment"]),
        ("SendCO", "\"consignee\": {", "\"consignees\": {", ["unknown-element /consignees"]),
        ("SendCO", "\"sha256\": \"21", "\"sha256\": \"22", ["rule /attachments/0/sha256"]),
    ])
    func `what breaks a rule is refused with its place`(_ name: String, _ from: String, _ to: String, _ expected: [String]) throws {
        let sample = try Repository.text("wsdl/examples/\(Self.samples[name] ?? "").json")
        try #require(sample.contains(from))
        var problems: [String] = []
        do {
            _ = try TranslationTests.catalog.dataset(json: Array(sample.replacingFirst(from, with: to).utf8), as: name)
        } catch { problems = error.problems.map { "\($0.code.rawValue) \($0.place)" } }
        #expect(problems == expected)
    }

    @Test func `a message and the certificate in it name the same agreement`() throws {
        let sample = try Repository.text("wsdl/examples/send-amendment-notification.json")
        var problems: [String] = []
        do {
            let without = sample.replacingFirst("\"agreementCode\": \"RCEP\",", with: "")
            _ = try TranslationTests.catalog.dataset(json: Array(without.utf8), as: "SendAmendmentNotification")
        } catch { problems = error.problems.map { "\($0.code.rawValue) \($0.place)" } }
        #expect(problems == ["rule /amendment/certificate/agreementCode"])
    }

    /// From any value of the dataset to the element that holds it, and the same from XPath.
    @Test func `each value has its pointer and its path`() throws {
        let dataset = try TranslationTests.catalog.dataset(json: Repository.bytes("wsdl/examples/send-feedback.json"), as: "SendFeedback")
        let places = Dictionary(dataset.places.map { ($0.pointer, $0.path) }, uniquingKeysWith: { first, _ in first })
        #expect(places["/feedback/items/1/utilisedQuantity/value"] == "/Feedback/Item[2]/UtilisedQuantity/Value")
        #expect(places["/feedback/importDeclarations/0/id"] == "/Feedback/ImportDeclaration/ID")
        #expect(places["/remarks/0"] == "/Remark" && places.count == dataset.places.count)
    }
}
