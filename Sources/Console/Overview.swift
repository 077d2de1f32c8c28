internal import Exchanges
internal import Stores
internal import XML

extension Console {
    /// What goes on: traffic, refusals, queues, sealing, certificates.
    func overview(_ user: ConsoleUser) async throws -> ConsolePage {
        let now = XMLDateTime.now
        let (hours, days) = (Hours(last: 48, until: now), Hours(last: 24 * 7, until: now))
        let (tallies, depths, sealing) = try await store.read { reading in
            (
                try reading.tallies(from: days.first, to: days.end), try reading.workDepth(), try reading.sealingState()
            )
        }
        let traffic = Traffic(tallies)
        return render(
            Content(
                chart: TrafficChart(tallies, hours).svg, traffic: traffic.rows,
                refusals: RefusalChart(tallies).rows, queues: depths.map { Queue($0, now) }.sorted { $0.partner < $1.partner },
                seals: "\(sealing.seals)", sealedAt: sealing.sealedAt?.second ?? "never",
                unsealed: "\(sealing.unsealed)", unstamped: "\(sealing.unstamped)",
                sealingProblem: sealingProblem(), certificates: ValidityChart(gateway.certificateNotices(at: now), at: now).svg),
            "overview", title: "Overview", user)
    }

    private struct Content {
        let chart: String
        let traffic: [Traffic.Row]
        let refusals: [RefusalChart.Row]
        let queues: [Queue]
        let seals: String
        let sealedAt: String
        let unsealed: String
        let unstamped: String
        let sealingProblem: String?
        let certificates: String
    }

    private struct Queue {
        let direction: String
        let partner: String
        let waiting: String
        let parked: String
        let held: String
        let age: String

        init(_ depth: WorkDepth, _ now: XMLDateTime) {
            direction = depth.direction.rawValue
            partner = depth.partner
            waiting = "\(depth.waiting)"
            parked = "\(depth.parked)"
            held = "\(depth.awaiting)"
            age = depth.oldest.flatMap { XMLDateTime($0) }.map { Span(seconds: max(0, now.seconds - $0.seconds)).text } ?? "–"
        }
    }
}

/// How long something took or takes, for people.
struct Span {
    let seconds: Int64

    var text: String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }
}

/// The last hours, as tallies name them.
struct Hours {
    let all: [String]

    init(last count: Int, until now: XMLDateTime) {
        all = (0..<count).reversed().map { String(now.adding(seconds: -3600 * Int64($0)).text.prefix(13)) }
    }

    var first: String { all.first ?? "" }
    /// Behind the last.
    var end: String { (all.last ?? "") + ":" }
}

/// Traffic of a week by partner and operation.
private struct Traffic {
    struct Row {
        let partner: String
        let address: String
        let operation: String
        let direction: String
        let good: String
        let bad: String
    }

    let rows: [Row]

    init(_ tallies: [Tally]) {
        struct Key: Hashable {
            let partner: String
            let operation: String
            let direction: Direction
        }
        var counts: [Key: (good: Int, bad: Int)] = [:]
        for tally in tallies where !tally.subject.partner.isEmpty {
            let key = Key(partner: tally.subject.partner, operation: tally.subject.operation, direction: tally.subject.direction)
            if tally.isGood { counts[key, default: (0, 0)].good += tally.count }
            if tally.isBad { counts[key, default: (0, 0)].bad += tally.count }
        }
        let sorted = counts.sorted {
            ($0.key.partner, $0.key.operation, $0.key.direction.rawValue) < ($1.key.partner, $1.key.operation, $1.key.direction.rawValue)
        }
        rows = sorted.map { key, count in
            Row(
                partner: key.partner, address: ConsoleAddress.partner(key.partner), operation: key.operation,
                direction: key.direction == .inbound ? "from" : "to", good: "\(count.good)", bad: "\(count.bad)")
        }
    }
}

extension Tally {
    /// A message was taken, by us or by the partner.
    var isGood: Bool { subject.direction == .inbound ? ["accepted", "held"].contains(subject.outcome) : subject.outcome == "acknowledged" }
    /// A message was refused, or given up.
    var isBad: Bool {
        ["refused", "rejected"].contains(subject.outcome) || (subject.direction == .outbound && subject.outcome == "parked")
    }
}
