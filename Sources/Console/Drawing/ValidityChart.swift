internal import Exchanges
internal import XML

/// Certificates on a line of time, each until it ends: ours and partners'.
struct ValidityChart {
    private let notices: [CertificateNotice]
    private let now: XMLDateTime

    private static let (width, left, right, row) = (960, 300, 80, 30)
    /// Days that are drawn.
    private static let days = 730

    init(_ notices: [CertificateNotice], at now: XMLDateTime) {
        self.notices = notices
        self.now = now
    }

    var svg: String {
        var drawing = Drawing(width: ValidityChart.width, height: 30 + ValidityChart.row * notices.count)
        drawing.describe(
            "Certificates until they end, two years ahead", notices.map { "\($0.owner), \($0.subject): \($0.text)." }.joined(separator: " ")
        )
        let scale = Double(ValidityChart.width - ValidityChart.left - ValidityChart.right) / Double(ValidityChart.days)
        for (days, text) in [(0, "today"), (182, "6 months"), (365, "1 year"), (547, "18 months")] {
            let x = ValidityChart.left + Int(Double(days) * scale)
            drawing.line(x, 18, x, 30 + ValidityChart.row * notices.count, "grid")
            drawing.text(x, 14, text, days == 0 ? "start" : "middle")
        }
        for (index, notice) in notices.enumerated() {
            let y = 26 + ValidityChart.row * index
            let start = max(0, Double(notice.from.seconds - now.seconds) / 86_400)
            let end = min(Double(ValidityChart.days), max(0, Double(notice.until.seconds - now.seconds) / 86_400))
            let kind =
                switch notice.urgency {
                case .fine: "good"
                case .soon: "soon"
                case .week, .ended: "bad"
                }
            drawing.text(0, y + 17, "\(notice.owner): \(ValidityChart.short(notice.subject))", "start")
            drawing.bar(
                Double(ValidityChart.left) + start * scale, Double(y + 4), max(3, (end - start) * scale), 16, kind,
                "\(notice.subject), \(notice.origin): \(notice.text)")
            drawing.text(ValidityChart.width, y + 17, notice.urgency == .ended ? "ended" : "\(notice.daysLeft) days", "end")
        }
        return drawing.svg
    }

    /// The common name, where there is one.
    private static func short(_ subject: String) -> String {
        let name = subject.split(separator: ",").first { $0.hasPrefix("CN=") }.map { String($0.dropFirst(3)) } ?? subject
        return name.count > 28 ? name.prefix(27) + "…" : name
    }
}
