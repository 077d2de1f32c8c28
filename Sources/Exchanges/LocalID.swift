internal import XML

/// Opaque ids that this gateway gives: 32 hexadecimal digits, a time in milliseconds first so that new ids lie side by side
/// in an index, then 80 random bits.
public enum LocalID {
    public static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let now = XMLDateTime.now
        let milliseconds = UInt64(max(0, now.seconds)) * 1000 + UInt64(now.nanoseconds / 1_000_000)
        return hex(milliseconds, digits: 12) + hex(generator.next() & 0xFFFF, digits: 4) + hex(generator.next(), digits: 16)
    }

    private static func hex(_ number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
    }
}
