import Fuzzing
import XMLSignature

/// Changes an input by whole DER elements, as a forger does who knows what stands where.
struct DERMutation: Sendable {
    private let letter: UInt8
    /// The elements of the input, usually one, inside a set that is not written.
    private var root: DERElement

    /// - Returns: `nil` where behind the letter there is no DER.
    init?(of input: [UInt8]) {
        guard let letter = input.first, let elements = DERElement.all(in: input.dropFirst()), !elements.isEmpty else { return nil }
        self.letter = letter
        root = DERElement(tag: 0x31, content: .elements(elements, mark: []))
    }

    var input: [UInt8] { [letter] + root.elements.flatMap(\.bytes) }

    /// Every element of the input.
    var elements: [DERElement] { root.places.map { root[$0[...]] } }

    /// - Parameter donors: elements of other inputs.
    mutating func mutate(donors: [DERElement], _ generator: inout SeededGenerator) {
        let places = root.places
        // Most elements are deep inside, and most that matters is not.
        let likely = generator.next(below: 3) == 0 ? places.filter { $0.count <= 2 } : places
        guard let place = likely.randomElement(using: &generator), let other = places.randomElement(using: &generator),
            let donor = donors.randomElement(using: &generator)
        else { return }
        switch generator.next(below: 12) {
        case 0: change(around: place) { siblings, index in siblings.remove(at: index) }
        case 1: change(around: place) { siblings, index in siblings.insert(siblings[index], at: index) }
        case 2: root[place[...]] = root[other[...]]
        case 3:
            let tag = root[place[...]].tag
            let alike = (0..<16).map { _ in donors.randomElement(using: &generator)! }.first { $0.tag == tag }
            root[place[...]] = alike ?? donor
        case 4: change(around: place) { siblings, index in siblings.insert(donor, at: index) }
        case 5: root[place[...]].tag = DERMutation.tags.randomElement(using: &generator)!
        case 6: root[place[...]].spelling = generator.next(below: 2) == 0 ? .padded : .indefinite
        case 7:
            let element = root[place[...]]
            root[place[...]] = DERElement(tag: DERElement.sequence, content: .elements([element], mark: []))
        default: changeValue(places, &generator)
        }
    }

    private mutating func change(around place: [Int], _ body: (inout [DERElement], Int) -> Void) {
        guard let index = place.last else { return }
        body(&root[place.dropLast()].elements, index)
    }

    /// One value becomes another of its kind, or bytes that a reader may stumble over.
    private mutating func changeValue(_ places: [[Int]], _ generator: inout SeededGenerator) {
        let values = places.filter { if case .bytes = root[$0[...]].content { true } else { false } }
        // By kind first: of times there are few.
        let tag = Set(values.map { root[$0[...]].tag }).sorted().randomElement(using: &generator)
        let alike = values.filter { root[$0[...]].tag == tag }
        guard let place = alike.randomElement(using: &generator), case .bytes(var bytes) = root[place[...]].content else { return }
        let others = DERMutation.values[root[place[...]].tag] ?? DERMutation.contents
        if generator.next(below: 3) == 0, !bytes.isEmpty {
            bytes[generator.next(below: bytes.count)] ^= 1 << UInt8(generator.next(below: 8))
        } else {
            bytes = others.randomElement(using: &generator)!
        }
        root[place[...]].content = .bytes(bytes)
    }

    /// Signs again what has the shape of a certificate, a list or an answer: content, algorithm, signature.
    mutating func signAgain(with key: PrivateKey, _ generator: inout SeededGenerator) {
        let signed = root.places.filter { place in
            let tags = root[place[...]].elements.prefix(3).map(\.tag)
            return tags == [DERElement.sequence, DERElement.sequence, DERElement.bitString]
        }
        guard let place = signed.randomElement(using: &generator),
            let signature = try? key.sign(root[place[...]].elements[0].bytes, by: .rsaSHA256)
        else { return }
        root[place[...]].elements[2] = DERElement(tag: DERElement.bitString, content: .bytes([0] + signature))
    }

    private static let tags: [UInt8] = [
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1C, 0x1E, 0x30, 0x31, 0x80, 0x81, 0x82, 0xA0, 0xA1,
        0xA2, 0xA3,
    ]

    private static let contents: [[UInt8]] = [[], [0], [0xFF], [0x80, 0, 0, 0, 0, 0, 0, 0, 0], Array(repeating: 0x41, count: 300)]

    private static let times = [
        "261119100000Z", "261121100000Z", "261122100000Z", "261202100000Z", "491231235959Z", "500101000000Z", "2611221000Z",
        "261122100060Z", "261122100000+0900", "20261119100000Z", "20261122100000Z", "20261122100000.5Z", "20261202100000Z",
        "00000101000000Z", "99991231235959Z", "20240229000000Z", "20261122250000Z", "20261122100000-1400", "",
    ].map { Array($0.utf8) }

    /// By tag.
    private static let values: [UInt8: [[UInt8]]] = [
        0x01: [[0], [0xFF], [1], []],
        0x02: contents + [[0x10, 0x05], [0x10, 0x08], [0x10, 0x09], [1], [2], [0, 0x10, 0x08], [0xF0]],
        // Key usage, basic constraints, the extensions of lists and of their entries, OCSP.
        0x06: [
            [0x55, 0x1D, 0x0F], [0x55, 0x1D, 0x13], [0x55, 0x1D, 0x14], [0x55, 0x1D, 0x15], [0x55, 0x1D, 0x18], [0x55, 0x1D, 0x1B],
            [0x55, 0x1D, 0x1C], [0x55, 0x1D, 0x1D], [0x55, 0x1D, 0x1E], [0x55, 0x1D, 0x1F], [0x55, 0x1D, 0x25], [0x55, 0x1D, 0x2E],
            [0x2B, 6, 1, 5, 5, 7, 3, 9], [0x2B, 6, 1, 5, 5, 7, 0x30, 1, 2], [0x55, 4, 0x0B], [],
        ],
        0x0A: (0...11).map { [$0] },
        0x17: times,
        0x18: times,
    ]
}
