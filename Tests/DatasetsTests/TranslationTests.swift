import Datasets
import Foundation
import Support
import Testing
import XML

struct TranslationTests {
    static let catalog = try! Catalog()
    static let menu = catalog.menu
    static let message = menu.message("SendCO")

    @Test func `the example is the same after JSON, XML, JSON`() throws {
        let json = try Repository.bytes("wsdl/examples/send-co.json")
        let dataset = try Dataset(json: json, as: Self.message)
        let translated = try Dataset(reading: XMLDocument(parsing: dataset.xml).root, as: Self.message)
        #expect(translated == dataset)
        let before = try JSONSerialization.jsonObject(with: Data(json)) as? NSDictionary
        let after = try JSONSerialization.jsonObject(with: Data(translated.json())) as? NSDictionary
        #expect(before == after)
    }

    /// Each operation, by the menu itself and by each agreement.
    static let messages =
        ([catalog.menu] + catalog.agreements.keys.sorted().map { catalog.agreements[$0]! }.filter { $0.agreement?.sameAs == nil }).flatMap {
            menu in
            menu.operations.map { (agreement: menu.agreement?.code, message: $0.request) }
        }

    @Test(arguments: messages.indices) func `generated datasets keep every value both ways`(_ index: Int) throws {
        let message = Self.messages[index].message
        var generator = SeededGenerator(seed: 20_261_122 + UInt64(index))
        for number in 0..<(index == 0 ? 1000 : 60) {
            let dataset = Dataset.random(message, using: &generator)
            let fromJSON = try Dataset(json: dataset.json(number.isMultiple(of: 2) ? .compact : .indented), as: message)
            #expect(fromJSON == dataset)
            let fromXML = try Dataset(reading: XMLDocument(parsing: fromJSON.xml).root, as: message)
            #expect(fromXML == dataset)
            #expect(fromXML.xml == dataset.xml)
            #expect(fromXML.json() == dataset.json())
            let chosen = try Self.catalog.dataset(json: dataset.json(), as: message.xml.local)
            #expect(chosen == dataset)
        }
    }

    /// The digest of *the same content* is taken over canonical XML; what we write is canonical already.
    @Test func `what is written is canonical`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            let xml = Dataset.random(Self.message, using: &generator).xml
            #expect(try XMLDocument(parsing: xml).root.canonicalized() == xml)
        }
    }

    @Test func `decimals keep their digits, lists of one stay lists`() throws {
        let json = try Repository.text("wsdl/examples/send-co.json")
        let xml = String(decoding: try Dataset(json: Array(json.utf8), as: Self.message).xml, as: UTF8.self)
        #expect(xml.contains("<NetMass><Value>790.125000</Value>"))
        #expect(xml.contains("<Value>312.500000</Value>"))
        let back = String(
            decoding: try Dataset(reading: XMLDocument(parsing: Array(xml.utf8)).root, as: Self.message).json(), as: UTF8.self)
        #expect(back.contains("\"producers\":[{\"disclosure\":\"CONFIDENTIAL\"}]"))
    }

    @Test func `the members of a JSON object may come in any order`() throws {
        let json = try Repository.bytes("wsdl/examples/send-co.json")
        let dataset = try Dataset(json: json, as: Self.message)
        let object = try JSONSerialization.jsonObject(with: Data(json))
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let shuffled = Self.text(object, &generator)
            #expect(try Dataset(json: Array(shuffled.utf8), as: Self.message) == dataset)
        }
    }

    @Test func `names and values may be escaped in any way that JSON allows`() throws {
        let json = try Repository.text("wsdl/examples/send-co.json")
        let escaped = json.replacingOccurrences(of: "\"versionId\": \"1\"", with: "\"version\\u0049d\": \"\\u0031\"")
        try #require(escaped != json)
        #expect(try Dataset(json: Array(escaped.utf8), as: Self.message) == Dataset(json: Array(json.utf8), as: Self.message))
    }

    /// JSON with the members of every object in a random order.
    private static func text(_ value: Any, _ generator: inout SeededGenerator) -> String {
        switch value {
        case let object as [String: Any]:
            let names = object.keys.sorted().shuffled(using: &generator)
            return "{" + names.map { "\"\($0)\":" + text(object[$0]!, &generator) }.joined(separator: ",") + "}"
        case let list as [Any]: return "[" + list.map { text($0, &generator) }.joined(separator: ",") + "]"
        default:
            let data = try! JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
            return String(decoding: data, as: UTF8.self)
        }
    }
}
