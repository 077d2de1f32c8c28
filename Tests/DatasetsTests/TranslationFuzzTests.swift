import Datasets
import Foundation
import Support
import Testing
import XML

/// Structure-aware damage to good messages: whatever is done to them, nothing crashes, and what is accepted has lost nothing.
struct TranslationFuzzTests {
    private static let messages = TranslationTests.messages.map(\.message)

    @Test(arguments: messages.indices) func `damaged JSON is refused, or read whole`(_ index: Int) throws {
        var generator = SeededGenerator(seed: 3_000 + UInt64(index))
        for _ in 0..<120 {
            let good = Dataset.random(Self.messages[index], using: &generator).json()
            let damaged = Self.damage(good, &generator)
            guard let read = try? Dataset(json: damaged, as: Self.messages[index]) else { continue }
            // Foundation's parser is the foreign judge of what stands in the text.
            let before = try JSONSerialization.jsonObject(with: Data(damaged)) as? NSDictionary
            let after = try JSONSerialization.jsonObject(with: Data(read.json())) as? NSDictionary
            #expect(before == after, "\(String(decoding: damaged, as: UTF8.self))")
        }
    }

    @Test(arguments: messages.indices) func `damaged XML is refused, or read whole`(_ index: Int) throws {
        var generator = SeededGenerator(seed: 5_000 + UInt64(index))
        for _ in 0..<120 {
            let good = Dataset.random(Self.messages[index], using: &generator).xml
            let damaged = Self.damage(good, &generator)
            guard let document = try? XMLDocument(parsing: damaged),
                let read = try? Dataset(reading: document.root, as: Self.messages[index])
            else { continue }
            // What we write of it is what canonicalization, by libxml2, makes of what came; comments and white space between elements aside.
            let before = try document.root.canonicalized().filter { !$0.isSpace }
            #expect(read.xml.filter { !$0.isSpace } == before, "\(String(decoding: damaged, as: UTF8.self))")
        }
    }

    /// Cuts, doubles, swaps or replaces pieces between marks of the syntax, or single bytes.
    private static func damage(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        let marks = bytes.indices.filter { Array("<>{}[],:\"".utf8).contains(bytes[$0]) }
        var damaged = bytes
        let from = marks.randomElement(using: &generator)!
        let to = marks.filter { $0 >= from }.prefix(12).randomElement(using: &generator)!
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: damaged.removeSubrange(from..<to)
        case 1: damaged.insert(contentsOf: bytes[from..<to], at: from)
        case 2: damaged.insert(contentsOf: bytes[from..<to], at: marks.randomElement(using: &generator)!)
        case 3: damaged[from] = Array("<>{}[],:\" &0aZ\\".utf8).randomElement(using: &generator)!
        case 4: damaged[bytes.indices.randomElement(using: &generator)!] = UInt8.random(in: 0...255, using: &generator)
        default: damaged.swapAt(from, to)
        }
        return damaged
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
