internal import Stores

/// Messages by hour as bars: taken above the line, refused below it.
struct TrafficChart {
    private let hours: [String]
    private var good: [Int]
    private var bad: [Int]

    private static let (width, height, base) = (960, 220, 150)

    init(_ tallies: [Tally], _ hours: Hours) {
        self.hours = hours.all
        good = [Int](repeating: 0, count: hours.all.count)
        bad = good
        let places = Dictionary(uniqueKeysWithValues: hours.all.enumerated().map { ($1, $0) })
        for tally in tallies {
            guard let place = places[tally.subject.hour] else { continue }
            if tally.isGood { good[place] += tally.count }
            if tally.isBad { bad[place] += tally.count }
        }
    }

    var svg: String {
        let most = max(1, good.max() ?? 0, bad.max() ?? 0)
        let step = Double(TrafficChart.width - 60) / Double(max(1, hours.count))
        var drawing = Drawing(width: TrafficChart.width, height: TrafficChart.height)
        drawing.describe(
            "Messages by hour, \(hours.count) hours",
            "\(good.reduce(0, +)) taken, \(bad.reduce(0, +)) refused; at the most \(most) in an hour.")
        drawing.line(50, TrafficChart.base, TrafficChart.width, TrafficChart.base, "axis")
        drawing.text(44, 20, "\(most)", "end")
        drawing.text(44, TrafficChart.base + 4, "0", "end")
        for (index, hour) in hours.enumerated() {
            let x = 52 + step * Double(index)
            let label = "\(hour.replacing("T", with: " ")):00 UTC: \(good[index]) taken, \(bad[index]) refused"
            let up = Double(good[index]) / Double(most) * Double(TrafficChart.base - 15)
            let down = Double(bad[index]) / Double(most) * Double(TrafficChart.base - 15)
            drawing.bar(x, Double(TrafficChart.base) - up, step - 2, up, "good", label)
            drawing.bar(x, Double(TrafficChart.base) + 1, step - 2, min(down, 45), "bad", label)
            if hour.hasSuffix("T00") { drawing.text(Int(x), TrafficChart.height - 4, String(hour.prefix(10)), "start") }
        }
        return drawing.svg
    }
}

/// Refusals of a week by rule, the most frequent first.
struct RefusalChart {
    struct Row {
        let rule: String
        let code: String
        let address: String?
        let count: String
        let bar: String
    }

    let rows: [Row]

    init(_ tallies: [Tally]) {
        var counts: [String: Int] = [:]
        for tally in tallies where tally.subject.outcome.hasPrefix("rule ") {
            counts[String(tally.subject.outcome.dropFirst(5)), default: 0] += tally.count
        }
        let most = max(1, counts.values.max() ?? 0)
        rows = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { code, count in
            let rule = RuleBook.rule(code: code)
            var drawing = Drawing(width: 300, height: 14)
            drawing.hide()
            drawing.bar(0, 1, 300 * Double(count) / Double(most), 12, "bad", nil)
            return Row(
                rule: rule.map { "\($0.number)" } ?? "", code: code, address: rule.map { ConsoleAddress.rule($0.number) },
                count: "\(count)",
                bar: drawing.svg)
        }
    }
}
