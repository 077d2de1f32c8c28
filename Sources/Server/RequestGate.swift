internal import Exchanges
internal import Synchronization

/// Lets so many requests of one peer in: a rate with a minute's reserve, and a number at one time. What is too much is told before
/// its body is read.
final class RequestGate: Sendable {
    enum Verdict: Sendable, Equatable {
        case admitted
        /// 429; seconds until there is room.
        case tooFast(retryAfter: Int)
        /// 503.
        case tooMany
    }

    private struct Peer {
        var reserve: Double
        var at: ContinuousClock.Instant
        var underWay = 0
    }

    /// Peers remembered; those that ask for nothing are forgotten first.
    private static let mostPeers = 10_000
    private let peers = Mutex<[String: Peer]>([:])

    func enter(_ key: String, _ limits: PartnerLimits, at now: ContinuousClock.Instant = .now) -> Verdict {
        let full = Double(limits.requestsPerMinute)
        return peers.withLock { peers in
            if peers.count >= RequestGate.mostPeers { peers = peers.filter { $0.value.underWay > 0 } }
            var peer = peers[key] ?? Peer(reserve: full, at: now)
            let seconds = Double((now - peer.at).components.seconds) + Double((now - peer.at).components.attoseconds) / 1e18
            peer.reserve = min(full, peer.reserve + seconds * full / 60)
            peer.at = now
            defer { peers[key] = peer }
            guard peer.underWay < limits.concurrentRequests else { return .tooMany }
            guard peer.reserve >= 1 else { return .tooFast(retryAfter: max(1, Int((60 * (1 - peer.reserve) / full).rounded(.up)))) }
            peer.reserve -= 1
            peer.underWay += 1
            return .admitted
        }
    }

    func leave(_ key: String) {
        peers.withLock { $0[key]?.underWay -= 1 }
    }
}
