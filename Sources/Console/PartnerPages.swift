internal import Exchanges
internal import Stores
internal import Trust
internal import XML

extension Console {
    func partners(_ user: ConsoleUser) async throws -> ConsolePage {
        let now = XMLDateTime.now
        let month = Hours(last: 24 * 30, until: now)
        let tallies = try await store.read { try $0.tallies(from: month.first, to: month.end) }
        let partners = gateway.partners.partners.values.sorted { $0.name < $1.name }
        return render(PartnerList(partners: partners.map { PartnerRow($0, tallies, now) }), "partners", title: "Partners", user)
    }

    private struct PartnerList {
        let partners: [PartnerRow]
    }

    func partner(_ name: String, _ user: ConsoleUser) async throws -> ConsolePage? {
        guard let partner = gateway.partners[name] else { return nil }
        let now = XMLDateTime.now
        let month = Hours(last: 24 * 30, until: now)
        var query = MessageQuery(limit: 20)
        query.partner = name
        let asked = query
        let (tallies, messages, depths) = try await store.read {
            (try $0.tallies(from: month.first, to: month.end), try $0.messages(asked), try $0.workDepth())
        }
        let notices = gateway.certificateNotices(at: now).filter { $0.owner == name }
        let waiting = depths.filter { $0.partner == name }.reduce(0) { $0 + $1.waiting }
        return render(
            PartnerContent(
                row: PartnerRow(partner, tallies, now), url: partner.endpoint.baseURL,
                alternative: partner.endpoint.alternative?.baseURL,
                operations: partner.grants.operations.map { $0.map(\.rawValue).sorted().joined(separator: ", ") } ?? "all of its roles",
                agreements: partner.grants.agreements.map { $0.sorted().joined(separator: ", ") } ?? "all",
                soapVersion: partner.endpoint.style.soapVersion.rawValue, waiting: "\(waiting)",
                certificates: notices.map(CertificateRow.init), authorities: partner.authorities.flatMap { $0.anchors.map(\.subject) },
                refusals: RefusalChart(tallies.filter { $0.subject.partner == name }).rows,
                conformance: ConformanceChart(name, tallies, now).svg,
                list: Templates.render(MessageList(messages), "list")), "partner", title: name, user)
    }

    private struct PartnerContent {
        let row: PartnerRow
        let url: String
        let alternative: String?
        let operations: String
        let agreements: String
        let soapVersion: String
        let waiting: String
        let certificates: [CertificateRow]
        let authorities: [String]
        let refusals: [RefusalChart.Row]
        let conformance: String
        let list: String
    }

    private struct CertificateRow {
        let subject: String
        let fingerprint: String
        let until: String
        let text: String
        let kind: String

        init(_ notice: CertificateNotice) {
            subject = notice.subject
            fingerprint = notice.fingerprint
            until = notice.until.text.second
            text = notice.text
            kind = notice.urgency == .fine ? "good" : notice.urgency == .soon ? "open" : "bad"
        }
    }
}

/// A partner in short, with what came of its messages in thirty days.
struct PartnerRow {
    let name: String
    let address: String
    let administration: String
    let roles: String
    let standing: String
    let isActive: Bool
    let lastSeen: String
    let score: String
    let taken: String
    let refused: String

    init(_ partner: Partner, _ tallies: [Tally], _ now: XMLDateTime) {
        let own = tallies.filter { $0.subject.partner == partner.name && $0.subject.direction == .inbound }
        name = partner.name
        address = ConsoleAddress.partner(partner.name)
        administration = partner.administration.description
        roles = partner.roles.map(\.rawValue).sorted().joined(separator: ", ")
        standing = partner.standing.rawValue
        isActive = partner.standing == .active
        let last = own.filter { $0.isGood || $0.isBad }.map(\.subject.hour).max()
        lastSeen = last.map { $0.replacing("T", with: " ") + "h" } ?? "not in 30 days"
        let (good, bad) = (own.filter(\.isGood).reduce(0) { $0 + $1.count }, own.filter(\.isBad).reduce(0) { $0 + $1.count })
        taken = "\(good)"
        refused = "\(bad)"
        score = good + bad == 0 ? "–" : "\(good * 100 / (good + bad)) %"
    }
}

/// Which part of a partner's messages was taken, day by day.
private struct ConformanceChart {
    private let days: [(day: String, good: Int, bad: Int)]

    init(_ partner: String, _ tallies: [Tally], _ now: XMLDateTime) {
        var counts: [String: (good: Int, bad: Int)] = [:]
        for tally in tallies where tally.subject.partner == partner && tally.subject.direction == .inbound {
            let day = String(tally.subject.hour.prefix(10))
            if tally.isGood { counts[day, default: (0, 0)].good += tally.count }
            if tally.isBad { counts[day, default: (0, 0)].bad += tally.count }
        }
        days = (0..<30).reversed().map { back in
            let day = String(now.adding(seconds: -86_400 * Int64(back)).text.prefix(10))
            return (day, counts[day]?.good ?? 0, counts[day]?.bad ?? 0)
        }
    }

    var svg: String {
        var drawing = Drawing(width: 960, height: 130)
        drawing.describe(
            "Part of its messages that was taken, by day",
            days.filter { $0.good + $0.bad > 0 }.map { "\($0.day): \($0.good) of \($0.good + $0.bad)" }.joined(separator: ", "))
        drawing.line(50, 104, 960, 104, "axis")
        drawing.text(44, 18, "100 %", "end")
        drawing.text(44, 108, "0", "end")
        for (index, day) in days.enumerated() {
            let (x, all) = (54 + Double(index) * 30, day.good + day.bad)
            if index.isMultiple(of: 7) { drawing.text(Int(x), 124, day.day, "start") }
            guard all > 0 else { continue }
            let up = 90 * Double(day.good) / Double(all)
            drawing.bar(x, 104 - up, 24, up, "good", "\(day.day): \(day.good) of \(all) taken")
            drawing.bar(x, 14, 24, 90 - up, "bad", "\(day.day): \(day.bad) of \(all) refused")
        }
        return drawing.svg
    }
}
