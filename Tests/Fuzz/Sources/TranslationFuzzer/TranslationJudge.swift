import Datasets
import Foundation
import Fuzzing
import XML

/// JSON to XML and back: what is accepted must be the same on the other side, from wherever it came.
struct TranslationJudge {
    static let shared = TranslationJudge()

    private let messages = FuzzMessages()

    /// - Returns: whether the input is worth keeping: one that names no message is not.
    func judge(_ input: [UInt8]) -> Bool {
        guard let letter = input.first, let name = messages.names[letter] else { return false }
        let bytes = Array(input.dropFirst())
        if bytes.first == UInt8(ascii: "<") { judge(xml: bytes, as: name) } else { judge(json: bytes, as: name) }
        return true
    }

    private func judge(json: [UInt8], as name: String) {
        do throws(DatasetError) {
            let dataset = try messages.catalog.dataset(json: json, as: name)
            // Foundation's parser is the foreign judge of what stands in the text.
            guard let said = TranslationJudge.object(json), said == TranslationJudge.object(dataset.json()) else {
                fatalError("the JSON is not read as what it says")
            }
            check(dataset, as: name)
        } catch {
            checkProblems(error)
        }
    }

    private func judge(xml: [UInt8], as name: String) {
        guard let document = try? XMLDocument(parsing: xml) else { return }
        do throws(DatasetError) {
            let dataset = try messages.catalog.dataset(reading: document.root, as: name)
            // Prefixes, comments and space between elements, none of which a dataset keeps, are not compared.
            guard let written = try? XMLDocument(parsing: dataset.xml), document.root.outline == written.root.outline else {
                fatalError("the XML is not read as what it says")
            }
            check(dataset, as: name)
        } catch {
            checkProblems(error)
        }
    }

    private func check(_ dataset: Dataset, as name: String) {
        Fuzzer.noteAccepted()
        let (xml, json) = (dataset.xml, dataset.json())
        do {
            let document = try XMLDocument(parsing: xml)
            guard try document.root.canonicalized() == xml else { fatalError("the XML that is signed is not in canonical form") }
            let fromXML = try messages.catalog.dataset(reading: document.root, as: name)
            guard fromXML == dataset, fromXML.json() == json, fromXML.xml == xml else {
                fatalError("the dataset is another when it comes back as XML")
            }
            for layout in [Dataset.JSONLayout.compact, .indented] {
                let fromJSON = try messages.catalog.dataset(json: dataset.json(layout), as: name)
                guard fromJSON == dataset, fromJSON.json() == json, fromJSON.xml == xml else {
                    fatalError("the dataset is another when it comes back as JSON")
                }
            }
        } catch {
            fatalError("what was accepted is refused when it comes back: \(error)")
        }
    }

    private static func object(_ json: [UInt8]) -> NSDictionary? { try? JSONSerialization.jsonObject(with: Data(json)) as? NSDictionary }

    private func checkProblems(_ error: DatasetError) {
        guard !error.problems.isEmpty, error.problems.allSatisfy({ !$0.text.isEmpty }) else {
            fatalError("a refusal that does not say why")
        }
    }
}

extension XMLElement {
    /// Every element inside, in document order, with its text where it holds no elements; without space, and in the spelling of
    /// booleans that a dataset has.
    fileprivate var outline: [[UInt8]] {
        let name = Array("{\(namespace)}\(local)".utf8)
        let inside = children.flatMap(\.outline)
        guard inside.isEmpty else { return [name] + inside }
        let said = text.utf8.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let spelled = said == [0x31] ? Array("true".utf8) : said == [0x30] ? Array("false".utf8) : Array(said)
        return [name + [0x20] + spelled]
    }
}
