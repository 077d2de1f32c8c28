internal import CoreMetrics
internal import Stores

/// What is counted on both roads. Names of operations and partners come from our own files, so that nobody outside makes new series.
extension Gateway {
    func count(_ direction: Direction, _ operation: String, _ partner: String?, _ outcome: String) {
        Counter(
            label: "coconect_messages_total",
            dimensions: [
                ("direction", direction.rawValue), ("operation", Operation(rawValue: operation)?.rawValue ?? "other"), ("outcome", outcome),
                ("partner", partner ?? "unknown"),
            ]
        ).increment()
    }

    func countRefusal(_ rule: Int) {
        Counter(label: "coconect_refusals_total", dimensions: [("rule", "\(rule)")]).increment()
    }

    /// Runs a stage and records how long it took, also where it fails.
    func timed<Value>(_ stage: Stage, _ body: () async throws -> Value) async rethrows -> Value {
        let start = ContinuousClock.now
        defer { record(stage, since: start) }
        return try await body()
    }

    func record(_ stage: Stage, since start: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        Timer(label: "coconect_stage_seconds", dimensions: [("stage", stage.rawValue)])
            .recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    enum Stage: String {
        /// Parsing, verifying, validating.
        case read
        /// The signature of an answer or a request.
        case sign
        /// Until it is durable.
        case store
        /// A partner's answer.
        case send
        /// The JSON gateway's answer.
        case deliver
    }
}
