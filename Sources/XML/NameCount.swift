/// About how many different names a document has: a bit for each name, placed by a hash that nobody outside can foresee. Two names on
/// one bit count as one, so the number is never too high.
struct NameCount {
    private(set) var count = 0
    private var bits: [UInt64]
    private let seed = NameCount.seed

    private static let seed = UInt64.random(in: 1 ... .max)
    private static let words = 512

    init(limit: Int) {
        // Eight times as many bits as names, so that few share one.
        bits = [UInt64](repeating: 0, count: max(NameCount.words, (limit * 8 / 64).nextPowerOfTwo))
    }

    mutating func note(_ name: UnsafeRawBufferPointer) {
        var hash = seed
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash ^= hash >> 32
        hash = hash &* 0x9E37_79B9_7F4A_7C15
        let bit = Int(truncatingIfNeeded: hash >> 40) & (bits.count * 64 - 1)
        let mask = UInt64(1) << UInt64(bit & 63)
        guard bits[bit >> 6] & mask == 0 else { return }
        bits[bit >> 6] |= mask
        count += 1
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int {
        var power = 1
        while power < self { power *= 2 }
        return power
    }
}
