internal import Exchanges
internal import Hummingbird
internal import Stores
internal import Trust
internal import XML

/// `GET /metrics`: what was counted, and what is so at this moment.
struct MetricsPage: Sendable {
    let gateway: Gateway
    let registry: PrometheusRegistry
    let poolWaiting: @Sendable () -> Int

    func response() async -> Response {
        let now = XMLDateTime.now
        var gauges = certificates(now) + lists(now) + [Gauge("coconect_pool_waiting", [], Double(poolWaiting()))]
        do {
            let (depths, seals) = try await gateway.store.read { (try $0.workDepth(), try $0.sealingState()) }
            gauges += depths.flatMap { work($0, now) } + sealing(seals, now) + [Gauge("coconect_store_up", [], 1)]
        } catch {
            gauges.append(Gauge("coconect_store_up", [], 0))
        }
        return .bytes(Array(registry.text(gauges).utf8), type: "text/plain; version=0.0.4; charset=utf-8")
    }

    private func work(_ depth: WorkDepth, _ now: XMLDateTime) -> [Gauge] {
        let labels = [("direction", depth.direction.rawValue), ("partner", depth.partner)]
        let age = depth.oldest.flatMap { XMLDateTime($0) }.map { max(0, Double(now.seconds - $0.seconds)) } ?? 0
        return [
            Gauge("coconect_work_waiting", labels, Double(depth.waiting)), Gauge("coconect_work_parked", labels, Double(depth.parked)),
            Gauge("coconect_work_held", labels, Double(depth.awaiting)), Gauge("coconect_work_oldest_seconds", labels, age),
        ]
    }

    private func sealing(_ state: SealingState, _ now: XMLDateTime) -> [Gauge] {
        let age = state.sealedAt.flatMap { XMLDateTime($0) }.map { max(0, Double(now.seconds - $0.seconds)) }
        return [
            Gauge("coconect_seals", [], Double(state.seals)), Gauge("coconect_records_unsealed", [], Double(state.unsealed)),
            Gauge("coconect_seals_unstamped", [], Double(state.unstamped)),
        ] + (age.map { [Gauge("coconect_seal_age_seconds", [], $0)] } ?? [])
    }

    private func certificates(_ now: XMLDateTime) -> [Gauge] {
        gateway.certificateNotices(at: now).flatMap { notice in
            let labels = [("fingerprint", String(notice.fingerprint.prefix(16))), ("owner", notice.owner)]
            return [
                Gauge("coconect_certificate_seconds_left", labels, Double(notice.until.seconds - now.seconds)),
                Gauge("coconect_certificate_warning", labels, notice.urgency > .fine ? 1 : 0),
            ]
        }
    }

    private func lists(_ now: XMLDateTime) -> [Gauge] {
        gateway.partners.trust.evidence.lists.map { entry in
            Gauge("coconect_revocation_list_seconds_left", [("location", entry.location)], Double(entry.list.until.seconds - now.seconds))
        }
    }
}
