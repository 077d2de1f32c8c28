internal import XML

/// Opaque ids that this gateway gives: 32 hexadecimal digits, a time in milliseconds first so that new ids lie side by side
/// in an index, then 80 random bits.
public enum LocalID {
    public static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let now = XMLDateTime.now
        let milliseconds = UInt64(max(0, now.seconds)) * 1000 + UInt64(now.nanoseconds / 1_000_000)
        return text(milliseconds << 16 | generator.next() & 0xFFFF, generator.next())
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { output in
            for (place, number) in [high, low].enumerated() {
                for digit in 0..<16 {
                    let value = UInt8(truncatingIfNeeded: number >> UInt64(60 - digit * 4)) & 0xF
                    output[place * 16 + digit] = value < 10 ? 0x30 + value : 0x61 + value - 10
                }
            }
            return 32
        }
    }
}
