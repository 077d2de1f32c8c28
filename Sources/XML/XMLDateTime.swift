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
        var cursor = text.utf8[...]
        guard let day = XMLDateTime.day(&cursor), XMLDateTime.take("T", from: &cursor),
            let hour = XMLDateTime.digits(2, from: &cursor), XMLDateTime.take(":", from: &cursor),
            let minute = XMLDateTime.digits(2, from: &cursor), XMLDateTime.take(":", from: &cursor),
            let second = XMLDateTime.digits(2, from: &cursor), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = 0
        if XMLDateTime.take(".", from: &cursor) {
            var scale = 100_000_000
            var count = 0
            while let digit = XMLDateTime.digits(1, from: &cursor) {
                fraction += digit * scale
                scale /= 10
                count += 1
            }
            guard (1...9).contains(count) else { return nil }
        }
        guard let offset = XMLDateTime.offset(&cursor), cursor.isEmpty else { return nil }
        seconds = day * 86400 + Int64(hour * 3600 + minute * 60 + second - offset * 60)
        nanoseconds = fraction
    }

    /// Whether `text` is a day of the calendar, `2026-11-22`, without time or offset.
    public static func isDate(_ text: String) -> Bool {
        var cursor = text.utf8[...]
        return day(&cursor) != nil && cursor.isEmpty
    }

    /// `2026-11-22T10:05:00.123Z`, to the millisecond.
    public var text: String {
        let (year, month, dayOfMonth) = XMLDateTime.civil(seconds.flooredQuotient(86400))
        let rest = Int(seconds - seconds.flooredQuotient(86400) * 86400)
        func pad(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))T\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):"
            + "\(pad(rest % 60, 2)).\(pad(nanoseconds / 1_000_000, 3))Z"
    }

    public func adding(seconds more: Int64) -> XMLDateTime { XMLDateTime(seconds: seconds + more, nanoseconds: nanoseconds) }

    private static func day(_ cursor: inout Substring.UTF8View) -> Int64? {
        guard let year = digits(4, from: &cursor), take("-", from: &cursor), let month = digits(2, from: &cursor),
            take("-", from: &cursor), let day = digits(2, from: &cursor), year > 0, (1...12).contains(month),
            (1...length(of: month, year: year)).contains(day)
        else { return nil }
        return days(year: year, month: month, day: day)
    }

    /// Minutes east of UTC: `Z`, `+hh:mm` up to 14:00, or nothing.
    private static func offset(_ cursor: inout Substring.UTF8View) -> Int? {
        if cursor.isEmpty || take("Z", from: &cursor) { return 0 }
        let sign: Int
        if take("+", from: &cursor) { sign = 1 } else if take("-", from: &cursor) { sign = -1 } else { return nil }
        guard let hours = digits(2, from: &cursor), take(":", from: &cursor), let minutes = digits(2, from: &cursor),
            minutes < 60, hours * 60 + minutes <= 14 * 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }

    private static func take(_ character: Character, from cursor: inout Substring.UTF8View) -> Bool {
        guard cursor.first == character.asciiValue else { return false }
        cursor = cursor.dropFirst()
        return true
    }

    private static func digits(_ count: Int, from cursor: inout Substring.UTF8View) -> Int? {
        let head = cursor.prefix(count)
        guard head.count == count, head.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        cursor = cursor.dropFirst(count)
        return head.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func length(of month: Int, year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = shifted.flooredQuotient(400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }

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

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
