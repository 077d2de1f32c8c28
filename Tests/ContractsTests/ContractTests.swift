import Contracts
import Datasets
import Foundation
import Support
import Testing
import XML

struct ContractTests {
    static let catalog = try! Catalog()
    static let menu = catalog.menu

    @Test func `what is committed under wsdl is what the menu gives`() throws {
        for file in ContractFiles(Self.catalog).files {
            #expect(try Repository.bytes("wsdl/\(file.name)") == file.bytes, "wsdl/\(file.name): run make contracts")
        }
    }

    @Test func `the samples fit the schema`() throws {
        let folder = Repository.root.path + "/wsdl/examples/"
        let samples = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".xml") }.map { folder + $0 }
        #expect(samples.count == 9)
        let (status, output) = try judge("xmllint", ["--noout", "--schema", Repository.root.path + "/wsdl/coconect-eco-1.xsd"] + samples)
        #expect(status == 0, "\(output)")
    }

    static let menus = [catalog.menu] + catalog.agreements.keys.sorted().map { catalog.agreements[$0]! }

    /// The contract of the menu, and the contract narrowed to each agreement.
    @Test(arguments: menus.indices) func `xmllint accepts generated datasets`(_ index: Int) throws {
        let menu = Self.menus[index]
        let folder = try TemporaryFolder()
        for file in ContractFiles(menu).files { _ = try folder.write(file.bytes, to: file.name) }
        let schema = folder.url.path + "/" + SchemaDocument(menu).fileName
        var generator = SeededGenerator(seed: 4711)
        var files: [String] = []
        for operation in menu.operations {
            for number in 0..<50 {
                let dataset = Dataset.random(operation.request, using: &generator)
                files.append(try folder.write(dataset.xml, to: "\(operation.name)-\(number).xml"))
            }
        }
        let (status, output) = try judge("xmllint", ["--noout", "--schema", schema] + files)
        #expect(status == 0, "\(output.split(separator: "\n").filter { !$0.hasSuffix("validates") }.prefix(10))")
    }

    @Test func `a narrowed contract refuses what the agreement does not use`() throws {
        let menu = try #require(Self.catalog.agreements["CHAFTA"])
        let folder = try TemporaryFolder()
        for file in ContractFiles(menu).files { _ = try folder.write(file.bytes, to: file.name) }
        let example = try folder.write(Array(Repository.bytes("wsdl/examples/send-co.xml")), to: "example.xml")
        let (status, output) = try judge("xmllint", ["--noout", "--schema", folder.url.path + "/coconect-eco-1-CHAFTA.xsd", example])
        #expect(status != 0 && output.contains("Consignee"), "\(output)")
    }

    @Test func `new elements become drafts of maintenance requests`() throws {
        let requests = try #require(Self.catalog.agreements["A18"].flatMap(MaintenanceRequests.init))
        let text = String(decoding: requests.bytes, as: UTF8.self)
        for part in ["CODVersion", "extensions.A18.goods[].declarationNumber", "EXP (exporter)", "Business need"] {
            #expect(text.contains(part))
        }
        #expect(MaintenanceRequests(Self.catalog.menu) == nil)
        #expect(Self.catalog.agreements["NONPREF"].flatMap(MaintenanceRequests.init) == nil)
    }

    /// One change in a good message: xmllint and our reader must say the same of it.
    @Test(arguments: [
        ("<TypeCode>861</TypeCode>", "<TypeCode>999</TypeCode>"), ("<TypeCode>861</TypeCode>", ""),
        ("<TypeCode>861</TypeCode>", "<TypeCode>861</TypeCode><TypeCode>861</TypeCode>"),
        ("<TypeCode>861</TypeCode>", "<X/><TypeCode>861</TypeCode>"),
        ("<TypeCode>861</TypeCode>", "<TypeCode a=\"1\">861</TypeCode>"), ("<TypeCode>861</TypeCode>", "<TypeCode> 861</TypeCode>"),
        ("<TypeCode>861</TypeCode>", "text<TypeCode>861</TypeCode>"), ("<TypeCode>861</TypeCode>", " <!-- c --> <TypeCode>861</TypeCode>"),
        ("<Value>790.125000</Value>", "<Value>790.1250000</Value>"), ("<Value>790.125000</Value>", "<Value>.5</Value>"),
        ("<Value>790.125000</Value>", "<Value>5.</Value>"), ("<Value>790.125000</Value>", "<Value>1234567890123456</Value>"),
        ("<Value>790.125000</Value>", "<Value>12345678901234567</Value>"),
        ("<Value>790.125000</Value>", "<Value>12345678901.12345</Value>"),
        ("<Value>790.125000</Value>", "<Value>12345678901.123456</Value>"), ("<Value>790.125000</Value>", "<Value>+1</Value>"),
        ("<Sequence>2</Sequence>", "<Sequence>0</Sequence>"), ("<Sequence>2</Sequence>", "<Sequence> 2\n</Sequence>"),
        ("<Sequence>2</Sequence>", "<Sequence>02</Sequence>"), ("<Sequence>2</Sequence>", "<Sequence>100000</Sequence>"),
        ("<Preferential>true</Preferential>", "<Preferential>1</Preferential>"),
        ("<Preferential>true</Preferential>", "<Preferential>True</Preferential>"),
        ("<From>2026-11-20</From>", "<From>2026-02-29</From>"), ("<From>2026-11-20</From>", "<From> 2026-11-20</From>"),
        ("<From>2026-11-20</From>", "<From>2026-11-20Z</From>"), ("<From>2026-11-20</From>", "<From>12026-11-20</From>"),
        ("<DepartureDateTime>2026-11-21T23:15:00+09:00", "<DepartureDateTime>2026-11-21T24:00:00"),
        ("<DepartureDateTime>2026-11-21T23:15:00+09:00", "<DepartureDateTime>2026-11-21T23:15:60Z"),
        ("<DepartureDateTime>2026-11-21T23:15:00+09:00", "<DepartureDateTime>2026-11-21T23:15:00+14:30"),
        ("<DepartureDateTime>2026-11-21T23:15:00+09:00", "<DepartureDateTime>2026-11-21T23:15:00.000000"),
        ("<VersionID>1</VersionID>", "<VersionID></VersionID>"), ("<VersionID>1</VersionID>", "<VersionID> \t</VersionID>"),
        ("<VersionID>1</VersionID>", "<VersionID>123456789</VersionID>"), ("<VersionID>1</VersionID>", "<VersionID>1234567890</VersionID>"),
        ("<VersionID>1</VersionID>", "<VersionID>😀😀😀😀😀😀😀😀😀</VersionID>"), ("<VersionID>1</VersionID>", "<VersionID>\u{A0}</VersionID>"),
        ("<Classification>848210</Classification>", "<Classification>84821</Classification>"),
        ("<Classification>848210</Classification>", "<Classification>８４８２１０</Classification>"),
        ("<Content>Q2Vy", "<Content>Q2V y\n"), ("<Content>Q2Vy", "<Content>Q2V"), ("<MediaType>text/plain", "<MediaType>text plain"),
    ])
    func `xmllint and our reader agree`(_ from: String, _ to: String) throws {
        let example = try Dataset(json: Repository.bytes("wsdl/examples/send-co.json"), as: Self.menu.message("SendCO"))
        let xml = String(decoding: example.xml, as: UTF8.self)
        try #require(xml.contains(from))
        let changed = Array(xml.replacingOccurrences(of: from, with: to).utf8)
        let folder = try TemporaryFolder()
        let file = try folder.write(changed, to: "changed.xml")
        let (status, output) = try judge("xmllint", ["--noout", "--schema", Repository.root.path + "/wsdl/coconect-eco-1.xsd", file])
        let ours = Result { try Dataset(reading: XMLDocument(parsing: changed).root, as: Self.menu.message("SendCO")) }
        #expect((status == 0) == ((try? ours.get()) != nil), "xmllint: \(output), ours: \(ours)")
    }

    @Test func `the WSDL names the configured address and both actions`() throws {
        let operation = try #require(Self.menu.operations.first)
        let wsdl = WSDLDocument(
            Self.menu, operation: operation, address: "https://test.coconect.customs.go.kr/send-co", schemaLocation: "x.xsd")
        let text = String(decoding: wsdl.bytes, as: UTF8.self)
        #expect(text.components(separatedBy: "location=\"https://test.coconect.customs.go.kr/send-co\"").count == 3)
        #expect(text.contains("wsam:Action=\"urn:coconect:eco:1:SendCO\" wsaw:Action=\"urn:coconect:eco:1:SendCO\""))
    }
}
