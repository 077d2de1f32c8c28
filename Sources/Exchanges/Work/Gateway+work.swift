internal import Logging
internal import ServiceLifecycle
internal import Stores
internal import Synchronization
internal import XML

extension WorkOutcome {
    /// As it is counted: the state it ends in, or `retried`.
    fileprivate var told: String {
        if case .again = next { "retried" } else { change.state.rawValue }
    }

    /// Nothing was tried, and for the same reason as before.
    fileprivate func saysNothingNew(of message: StoredMessage) -> Bool {
        change.attempts == .same && change.state == message.state && change.detail == message.detail
    }
}

/// What came of one try, and what it says about the certificate.
struct TryOutcome: Sendable {
    var work: WorkOutcome
    /// Counts once the partner has acknowledged it.
    var fact: CertificateFact?

    init(_ work: WorkOutcome, fact: CertificateFact? = nil) {
        self.work = work
        self.fact = fact
    }
}

extension Gateway {
    /// Seconds until a replica that died has lost what it had taken; a living one renews in time.
    private static let leaseSeconds: Int64 = 20
    private static let renewal = Duration.seconds(5)
    private static let atOnce = 64
    /// Of these, for one partner, so that one who is slow leaves room for the others.
    private static let atOnceForOne = 16
    /// What the names of workers start with; leases of the inbox are the JSON gateway's and outlive a run.
    private static let worker = "worker "

    /// Takes due work again and again, many side by side, so that one slow partner holds up nobody else; at shutdown what is
    /// under way is finished.
    func work(_ direction: Direction, _ attempt: @escaping @Sendable (StoredMessage) async -> TryOutcome) async {
        let owner = Gateway.worker + LocalID.make()
        let underWay = UnderWay()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await renew(owner, while: underWay) }
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    let taken = await take(direction, owner, underWay)
                    for message in taken {
                        underWay.add(message)
                        group.addTask {
                            if Gateway.isUnfinished(message) {
                                await finish(message, await attempt(message), owner)
                            } else {
                                await end(message)
                            }
                            underWay.remove(message)
                            bell.ring(direction)
                        }
                    }
                    if taken.isEmpty { await bell.wait(direction, atMost: .seconds(1)) }
                }
                underWay.close()
            }
        } onGracefulShutdown: {
            bell.ring(direction)
        }
        // What could not be finished is another's at once.
        try? await Task { try await store.write { try $0.dropLeases(of: owner) } }.value
    }

    /// Before the workers start: a store that nobody else uses holds leases only of a run that has ended.
    public func takeOverWork() async {
        guard !store.isShared else { return }
        do { try await store.write { try $0.dropLeases(of: Gateway.worker) } } catch {
            logger.error("work of an earlier run could not be taken over", metadata: ["error": "\(error)"])
        }
    }

    private static func isUnfinished(_ message: StoredMessage) -> Bool { [.queued, .accepted].contains(message.state) }

    /// Work that is there although all is done: its transaction was tried again after its answer was lost.
    private func end(_ message: StoredMessage) async {
        do { try await store.write { try $0.endWork(message.sequence) } } catch {
            logger.error("work could not be ended", metadata: ["id": "\(message.id)", "error": "\(error)"])
        }
    }

    private func renew(_ owner: String, while underWay: UnderWay) async {
        while !underWay.isDone, (try? await Task.sleep(for: underWay.isClosed ? .milliseconds(50) : .milliseconds(200))) != nil {
            let messages = underWay.messages
            guard !messages.isEmpty, underWay.isRenewalDue(Gateway.renewal) else { continue }
            let lease = Lease(owner: owner, until: clock().adding(seconds: Gateway.leaseSeconds).text)
            do {
                // Only these: what could not be recorded is to be tried again when its lease ends.
                try await store.write { transaction in
                    for message in messages { try transaction.renewLease(lease, of: message) }
                }
            } catch {
                logger.warning("leases could not be renewed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Records what came of a try, also where the try was cancelled by a shutdown: in a task of its own. Where the store is away the
    /// lease ends, and the try is made again with the same ids.
    private func finish(_ message: StoredMessage, _ outcome: TryOutcome, _ owner: String) async {
        let (store, now) = (store, clock())
        do {
            try await Task { try await store.write { try record(outcome, of: message.id, by: owner, $0, at: now) } }.value
            // A fact may let go on what was held.
            if outcome.fact != nil { bell.ring(.inbound) }
        } catch {
            logger.error("outcome could not be stored", metadata: ["id": "\(message.id)", "error": "\(error)"])
        }
        guard !outcome.work.saysNothingNew(of: message) else { return }
        let state = outcome.work.change.state
        count(message.direction, message.operation, message.partner, outcome.work.told)
        let isDone = [.acknowledged, .delivered].contains(state)
        logger.log(
            level: isDone ? .info : state == .parked ? .error : .warning,
            message.direction == .outbound ? "sending tried" : "delivery tried",
            metadata: [
                "id": "\(message.id)", "partner": "\(message.partner)", "state": "\(state.rawValue)",
                "attempt": "\(message.attempts + 1)", "detail": "\(outcome.work.change.detail ?? "")",
            ])
    }

    private func record(
        _ outcome: TryOutcome, of id: String, by owner: String, _ transaction: any StoreTransaction, at now: XMLDateTime
    ) throws {
        guard let message = try transaction.message(id: id) else { return }
        switch message.state {
        case .queued, .accepted: break
        // Another try gave up, but the other end has it.
        case .parked where [.acknowledged, .delivered].contains(outcome.work.change.state): break
        case .parked, .held: return
        case .delivered, .acknowledged, .rejected, .abandoned, .refused: return try transaction.endWork(message.sequence)
        }
        // What another has taken meanwhile is the other's to judge, unless it is done.
        switch outcome.work.next {
        case .done: try transaction.endWork(message.sequence)
        case .again(let due): guard try transaction.reschedule(message.sequence, due: due, heldBy: owner) else { return }
        case .park: guard try transaction.reschedule(message.sequence, due: nil, heldBy: owner) else { return }
        }
        if outcome.work.saysNothingNew(of: message) { return }
        try transaction.update(message.sequence, outcome.work.change, at: now.text)
        guard outcome.work.change.state == .acknowledged, let fact = outcome.fact, let operation = Operation(rawValue: message.operation),
            let number = message.certificateNumber
        else { return }
        let key = CertificateKey(partner: message.partner, side: operation.certificateSide(.outbound), number: number)
        let certificate = try transaction.lockCertificate(key, at: now.text)
        try CertificateBook(transaction: transaction, now: now).record(fact, by: message.sequence, in: certificate)
    }

    private func take(_ direction: Direction, _ owner: String, _ underWay: UnderWay) async -> [StoredMessage] {
        let limit = min(Gateway.atOnce - underWay.count, Gateway.atOnceForOne)
        guard limit > 0 else { return [] }
        let busy = direction == .outbound ? underWay.partners(with: Gateway.atOnceForOne) : []
        let now = clock()
        let lease = Lease(owner: owner, until: now.adding(seconds: Gateway.leaseSeconds).text)
        do {
            return try await store.write { try $0.takeWork(direction, now: now.text, lease: lease, limit: limit, except: busy) }
        } catch {
            logger.error("work could not be taken", metadata: ["direction": "\(direction.rawValue)", "error": "\(error)"])
            try? await Task.sleep(for: .seconds(1))
            return []
        }
    }
}

/// The tries that are under way.
private final class UnderWay: Sendable {
    private struct State {
        /// Positions in the log, and whose.
        var messages: [Int64: String] = [:]
        var isClosed = false
        var renewed = ContinuousClock.now
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.messages.count } }
    var messages: [Int64] { state.withLock { Array($0.messages.keys) } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    /// Nothing is under way, and nothing more will be.
    var isDone: Bool { state.withLock { $0.isClosed && $0.messages.isEmpty } }
    func add(_ message: StoredMessage) { state.withLock { $0.messages[message.sequence] = message.partner } }
    func remove(_ message: StoredMessage) { state.withLock { $0.messages[message.sequence] = nil } }
    func close() { state.withLock { $0.isClosed = true } }

    func partners(with count: Int) -> Set<String> {
        let partners = state.withLock { Array($0.messages.values) }
        return Set(Dictionary(grouping: partners) { $0 }.filter { $0.value.count >= count }.keys)
    }

    func isRenewalDue(_ interval: Duration) -> Bool {
        state.withLock { state in
            guard ContinuousClock.now - state.renewed >= interval else { return false }
            state.renewed = .now
            return true
        }
    }
}
