/// The days from and to which a certificate is valid. Days are text in the form `2026-11-22`, which sorts as time does.
struct Period {
    let from: String?
    let to: String?

    /// - Parameter issued: time of issue; its day stands in for a start that is not given.
    init(from: ArraySlice<UInt8>?, to: ArraySlice<UInt8>?, issued: ArraySlice<UInt8>?) {
        self.from = (from ?? issued?.prefix(10)).map { String(decoding: $0, as: UTF8.self) }
        self.to = to.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the period does not end before it starts; with a number, whether not later than so many months after.
    func fits(_ months: Int?) -> Bool {
        guard let from, let to else { return true }
        return months.map { to <= Period.day(from, months: $0) } ?? (to >= from)
    }

    /// The same day some months later, or the last day of that month where it is shorter: as text, the 31st sorts right.
    private static func day(_ day: String, months: Int) -> String {
        let numbers = day.split(separator: "-").compactMap { Int($0) }
        guard numbers.count == 3 else { return day }
        let month = numbers[0] * 12 + numbers[1] - 1 + months
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(month / 12, 4))-\(digits(month % 12 + 1, 2))-\(digits(numbers[2], 2))"
    }
}
