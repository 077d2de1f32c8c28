/// A moment as XML Schema writes it (part 2, section 3.2.7): checked against the calendar, compared as UTC.
public struct XMLDateTime: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z. A time without offset is taken as UTC.
    public let seconds: Int64
    /// Fraction of the second, in nanoseconds.
    public let nanoseconds: Int

    public init(seconds: Int64, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// - Parameter text: `2026-11-22T10:05:00.123+01:00`; the fraction (at the most nine digits) and the offset may be absent, lower case, 24:00
    ///   and leap seconds are refused.
    public init?(_ text: String) {
        var text = text
        guard let moment = text.withUTF8({ XMLDateTime($0) }) else { return nil }
        self = moment
    }

    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = DigitReader(text)
        guard let day = reader.day(), reader.take("T"), let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
            reader.take(":"), let second = reader.number(2), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = 0
        if reader.take(".") {
            var scale = 100_000_000
            var count = 0
            while let digit = reader.number(1) {
                fraction += digit * scale
                scale /= 10
                count += 1
            }
            guard (1...9).contains(count) else { return nil }
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        seconds = day * 86400 + Int64(hour * 3600 + minute * 60 + second - offset * 60)
        nanoseconds = fraction
    }

    /// Whether `text` is a day of the calendar, `2026-11-22`, without time or offset.
    public static func isDate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = DigitReader(text)
        return reader.day() != nil && reader.isAtEnd
    }

    /// `2026-11-22T10:05:00.123Z`, to the millisecond.
    public var text: String {
        let (year, month, dayOfMonth) = XMLDateTime.civil(seconds.flooredQuotient(86400))
        let rest = Int(seconds - seconds.flooredQuotient(86400) * 86400)
        return String(unsafeUninitializedCapacity: 25) { output in
            var end = 0
            func write(_ value: Int, _ digits: Int, _ mark: Unicode.Scalar) {
                var value = value
                for place in stride(from: end + digits - 1, through: end, by: -1) {
                    output[place] = 0x30 + UInt8(value % 10)
                    value /= 10
                }
                output[end + digits] = UInt8(ascii: mark)
                end += digits + 1
            }
            write(year, year > 9999 ? 5 : 4, "-")
            write(month, 2, "-")
            write(dayOfMonth, 2, "T")
            write(rest / 3600, 2, ":")
            write(rest / 60 % 60, 2, ":")
            write(rest % 60, 2, ".")
            write(nanoseconds / 1_000_000, 3, "Z")
            return end
        }
    }

    /// In UTC, with so many digits (0 to 9) behind the point of the second.
    public func text(fractionDigits: Int) -> String {
        let whole = text.dropLast(5)
        guard fractionDigits > 0 else { return whole + "Z" }
        let digits = String(nanoseconds)
        let fraction = String(repeating: "0", count: 9 - digits.count) + digits
        return "\(whole).\(fraction.prefix(fractionDigits))Z"
    }

    public func adding(seconds more: Int64) -> XMLDateTime { XMLDateTime(seconds: seconds + more, nanoseconds: nanoseconds) }

    private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719468
        let era = shifted.flooredQuotient(146097)
        let dayOfEra = shifted - era * 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        return (Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, Int(dayOfYear - (153 * shiftedMonth + 2) / 5) + 1)
    }
}

extension XMLDateTime: Comparable {
    public static func < (one: XMLDateTime, other: XMLDateTime) -> Bool {
        (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
    }
}

/// Reads digits and marks from the front of a text.
private struct DigitReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    var isAtEnd: Bool { position == text.count }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    /// Exactly so many digits.
    mutating func number(_ digits: Int) -> Int? {
        guard position + digits <= text.count else { return nil }
        var value = 0
        for index in position..<position + digits {
            guard (0x30...0x39).contains(text[index]) else { return nil }
            value = value * 10 + Int(text[index] - 0x30)
        }
        position += digits
        return value
    }

    /// `2026-11-22` as days since 1970-01-01.
    mutating func day() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2), year > 0,
            (1...12).contains(month), (1...DigitReader.length(of: month, year: year)).contains(day)
        else { return nil }
        return DigitReader.days(year: year, month: month, day: day)
    }

    /// Minutes east of UTC: `Z`, `+hh:mm` up to 14:00, or nothing.
    mutating func offset() -> Int? {
        if isAtEnd || take("Z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(2), take(":"), let minutes = number(2), minutes < 60, hours * 60 + minutes <= 14 * 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private static func length(of month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = shifted.flooredQuotient(400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
