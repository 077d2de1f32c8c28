public import CoreMetrics
internal import Synchronization

/// The backend of swift-metrics that keeps counts, gauges and histograms, and writes them in the text format of Prometheus 0.0.4.
public final class PrometheusRegistry: MetricsFactory {
    private let families = Mutex<[String: Family]>([:])

    /// Bounds of histograms, seconds.
    static let bounds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    public init() {}

    enum Kind: String { case counter, gauge, histogram }

    private struct Family {
        let kind: Kind
        var series: [String: Series] = [:]
    }

    /// One value, or one histogram, of a family.
    final class Series: CounterHandler, RecorderHandler, MeterHandler, TimerHandler {
        struct Value {
            var number = 0.0
            var buckets: [Int]
            var count = 0
        }

        let value: Mutex<Value>

        init(_ kind: Kind) {
            value = Mutex(Value(buckets: kind == .histogram ? Array(repeating: 0, count: PrometheusRegistry.bounds.count) : []))
        }

        func increment(by amount: Int64) { value.withLock { $0.number += Double(amount) } }
        func reset() { value.withLock { $0.number = 0 } }
        func record(_ value: Int64) { set(Double(value)) }
        func record(_ value: Double) { set(value) }
        func set(_ value: Int64) { set(Double(value)) }
        func set(_ number: Double) { value.withLock { $0.number = number } }
        func increment(by amount: Double) { value.withLock { $0.number += amount } }
        func decrement(by amount: Double) { value.withLock { $0.number -= amount } }

        func recordNanoseconds(_ duration: Int64) {
            let seconds = Double(duration) / 1e9
            value.withLock { value in
                value.number += seconds
                value.count += 1
                if let index = PrometheusRegistry.bounds.firstIndex(where: { seconds <= $0 }) { value.buckets[index] += 1 }
            }
        }
    }

    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: Kind) -> Series {
        let key = dimensions.map { "\($0.0)=\"\(PrometheusRegistry.escaped($0.1))\"" }.joined(separator: ",")
        return families.withLock { families in
            let known = families[label, default: Family(kind: kind)].series[key]
            if let known { return known }
            let new = Series(kind)
            families[label, default: Family(kind: kind)].series[key] = new
            return new
        }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { series(label, dimensions, .counter) }
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { series(label, dimensions, .gauge) }
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(label, dimensions, .gauge)
    }
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { series(label, dimensions, .histogram) }

    // What was counted stays, for a counter never goes back.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    // MARK: Text

    /// All families by name, each with its help where `help` has one.
    ///
    /// - Parameter gauges: values of this moment, which nothing else keeps.
    func text(_ gauges: [Gauge]) -> String {
        var blocks: [String: String] = [:]
        let kept = families.withLock { $0 }
        for (name, family) in kept {
            let lines = family.series.sorted { $0.key < $1.key }.flatMap { PrometheusRegistry.lines(name, $0.key, $0.value, family.kind) }
            blocks[name] = PrometheusRegistry.head(name, family.kind) + lines.joined(separator: "\n") + "\n"
        }
        for (name, values) in Dictionary(grouping: gauges, by: \.name) {
            let lines = values.map { gauge in
                PrometheusRegistry.line(
                    name, gauge.labels.map { "\($0.0)=\"\(PrometheusRegistry.escaped($0.1))\"" }.joined(separator: ","), gauge.value)
            }
            blocks[name] = PrometheusRegistry.head(name, .gauge) + lines.sorted().joined(separator: "\n") + "\n"
        }
        return blocks.sorted { $0.key < $1.key }.map(\.value).joined()
    }

    private static func head(_ name: String, _ kind: Kind) -> String {
        (MetricNames.help[name].map { "# HELP \(name) \($0)\n" } ?? "") + "# TYPE \(name) \(kind.rawValue)\n"
    }

    private static func lines(_ name: String, _ labels: String, _ series: Series, _ kind: Kind) -> [String] {
        let value = series.value.withLock { $0 }
        guard kind == .histogram else { return [line(name, labels, value.number)] }
        var sum = 0
        let buckets = zip(bounds, value.buckets).map { bound, count in
            sum += count
            return bucket(name, labels, "\(bound)", sum)
        }
        return buckets + [
            bucket(name, labels, "+Inf", value.count), line(name + "_sum", labels, value.number),
            line(name + "_count", labels, Double(value.count)),
        ]
    }

    private static func bucket(_ name: String, _ labels: String, _ bound: String, _ count: Int) -> String {
        line(name + "_bucket", (labels.isEmpty ? "" : labels + ",") + "le=\"\(bound)\"", Double(count))
    }

    private static func line(_ name: String, _ labels: String, _ value: Double) -> String {
        let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        return labels.isEmpty ? "\(name) \(number)" : "\(name){\(labels)} \(number)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// A value that is looked up when it is asked for.
struct Gauge {
    let name: String
    let labels: [(String, String)]
    let value: Double

    init(_ name: String, _ labels: [(String, String)], _ value: Double) {
        self.name = name
        self.labels = labels
        self.value = value
    }
}

/// What each metric says.
enum MetricNames {
    static let help = [
        "coconect_messages_total": "Messages by direction, operation, partner and what became of them",
        "coconect_refusals_total": "Inbound messages refused, by the number of the rule",
        "coconect_stage_seconds": "Time that a stage of the roads takes",
        "coconect_work_waiting": "Messages that are to be delivered (inbound) or sent (outbound), by partner",
        "coconect_work_parked": "Messages that wait for a person",
        "coconect_work_held": "Amendments that wait for their certificate",
        "coconect_work_oldest_seconds": "How long the oldest waiting message has been due",
        "coconect_store_up": "Whether the store answers",
        "coconect_seals": "Seals of the log",
        "coconect_seal_age_seconds": "Since the last seal",
        "coconect_records_unsealed": "Records of the log that no seal covers yet",
        "coconect_seals_unstamped": "Seals that wait for the stamp of the timestamp authority",
        "coconect_pool_waiting": "Requests on the work pool or waiting for it",
        "coconect_certificate_seconds_left": "Until a certificate, ours or a partner's, ends",
        "coconect_certificate_warning": "1 where a certificate ends within 60 days and nothing succeeds it",
        "coconect_revocation_list_seconds_left": "Until a revocation list expires",
    ]
}
