import Foundation
import Support
import Testing

/// The house: rooms import only rooms above them in the list, doors to the outside are where they belong.
struct HouseTests {
    /// Bottom to top.
    static let rooms = [
        "XML", "XMLSignature", "SOAP", "Trust", "WSSecurity", "Datasets", "Contracts", "Stores", "Exchanges", "RulePages", "ZIP",
        "Evidence", "Console",
        "PartnerKit",
        "Server", "Command",
    ]

    struct SourceFile: CustomTestStringConvertible, Sendable {
        let room: String
        let name: String
        let lines: [String]
        var testDescription: String { "\(room)/\(name)" }

        /// Modules and the attributes before `import`.
        var imports: [(module: String, line: String)] {
            lines.compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                guard let index = words.firstIndex(of: "import"), index + 1 < words.count, !line.hasPrefix("///") else { return nil }
                return (words[index + 1], line)
            }
        }
    }

    static let files: [SourceFile] = rooms.flatMap { room -> [SourceFile] in
        let folder = Repository.root.appendingPathComponent("Sources/\(room)")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") }.compactMap { name in
            guard let text = try? Repository.text("Sources/\(room)/\(name)") else { return nil }
            return SourceFile(room: room, name: name, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
    }

    @Test func `the rooms are found`() {
        #expect(Set(HouseTests.files.map(\.room)) == Set(HouseTests.rooms))
    }

    @Test(arguments: files) func `a room imports only rooms above it`(_ file: SourceFile) throws {
        let own = try #require(HouseTests.rooms.firstIndex(of: file.room))
        for (module, _) in file.imports {
            guard let other = HouseTests.rooms.firstIndex(of: module) else { continue }
            #expect(other < own, "\(file.room)/\(file.name) imports \(module)")
        }
    }

    @Test(arguments: files) func `doors to C libraries and to HTTP are in their rooms`(_ file: SourceFile) {
        let doors: [String: Set<String>] = [
            "CLibXML2": ["XML"], "COpenSSL": ["XMLSignature", "Trust"], "CXMLSec": ["XMLSignature"], "CPKCS11": ["XMLSignature"],
            "GRDB": ["Stores"], "CZlib": ["Stores", "Server", "ZIP"],
            "Hummingbird": ["Server"], "HummingbirdCore": ["Server"], "NIOSSL": ["Server"], "AsyncHTTPClient": ["Server", "Command"],
            "FoundationXML": [],
        ]
        for (module, _) in file.imports {
            guard let allowed = doors[module] else { continue }
            #expect(allowed.contains(file.room), "\(file.room)/\(file.name) imports \(module)")
        }
    }

    /// Whoever could open an unverified Body, or reach libxml2's tree, would have to say so in an import.
    @Test(arguments: files) func `only WSSecurity opens an unverified Body`(_ file: SourceFile) {
        for (_, line) in file.imports where line.contains("@_spi") {
            if line.contains("Verification") { #expect(file.room == "WSSecurity") }
            if line.contains("Tree") { #expect(file.room == "XMLSignature") }
        }
    }

    @Test(arguments: files) func `files stay small`(_ file: SourceFile) {
        #expect(file.lines.count <= 400)
    }

    @Test func `the README stays short`() throws {
        #expect(try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
    }
}
