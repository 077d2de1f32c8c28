internal import Datasets
public import ServiceLifecycle
internal import Stores
internal import XML

/// Sends queued messages to partners until each is acknowledged, rejected, or parked for a person.
public struct SendingWorker: Service {
    private let gateway: Gateway
    private let transport: any PartnerTransport
    private let backoff = Backoff(first: 5, longest: 3600)

    public init(_ gateway: Gateway, transport: any PartnerTransport) {
        self.gateway = gateway
        self.transport = transport
    }

    public func run() async throws {
        await gateway.work(.outbound) { await outcome(of: $0) }
    }

    private func outcome(of message: StoredMessage) async -> TryOutcome {
        let exchange: SentExchange
        let dataset: Dataset
        let operation: Operation
        var way = Way(message, [])
        do {
            guard let known = Operation(rawValue: message.operation) else {
                return park(message, "the operation \(message.operation) is not known to this version")
            }
            operation = known
            let partner = try gateway.callable(operation, partner: message.partner)
            let catalog = gateway.catalog(of: partner)
            guard let menuOperation = catalog.operation(operation) else {
                return park(message, "the operation \(message.operation) is not in the menu")
            }
            let json = try await gateway.store.read { try $0.content(.dataset, of: message.id) } ?? []
            dataset = try catalog.dataset(json: json, as: menuOperation.request.xml.local)
            let statement = CertificateStatement(dataset, operation)
            way = Way(message, partner.endpoint.channels(agreed: gateway.procedures(statement?.agreement)?.tries))
            if let seconds = gateway.breaker.admit(way.target) {
                return later(Int64(seconds.rounded(.up)), message.detail ?? "\(message.partner) does not answer")
            }
            if let statement, operation == .sendAmendmentNotification,
                try await gateway.store.read({ try $0.isRejected(statement.key(.outbound, partner: message.partner)) })
            {
                gateway.breaker.forget(way.target)
                return park(
                    message,
                    "\(message.partner) rejected certificate \(statement.number); send it anew, then retry or abandon this amendment")
            }
            exchange = try await gateway.send(
                dataset, operation, to: partner, through: transport, channel: way.channel, afterTry: message.bodyDigest,
                trace: message.correlationID)
            note(message, way, isGood: true)
        } catch SubmissionError.partnerSuspended(let name) {
            return later(60, "the exchange with \(name) is suspended")
        } catch let error as SubmissionError {
            gateway.breaker.forget(way.target)
            return park(message, "\(error)")
        } catch let error as DatasetError {
            gateway.breaker.forget(way.target)
            return park(message, "the stored dataset no longer fits the menu: \(error)")
        } catch let error as PartnerUnreachable {
            note(message, way, isGood: false)
            var work = again(message, way, "no answer from \(way.channel?.baseURL ?? ""): \(error)")
            // It may have come there all the same, and its receipt will name this Body, however the next try is written.
            if message.bodyDigest == nil { work.change.bodyDigest = error.bodyDigest }
            return TryOutcome(work)
        } catch {
            gateway.breaker.forget(way.target)
            // A shutdown, a full pool, a store or signer of our own that failed: the partner was not asked.
            return later(1, "not sent: \(error)")
        }
        var work = judge(exchange, message, way)
        work.change.contents = [.request: exchange.request, .response: exchange.response, .verification: exchange.report.json]
        work.change.bodyDigest = exchange.bodyDigest
        return TryOutcome(work, fact: CertificateStatement(dataset, operation)?.fact)
    }

    private func note(_ message: StoredMessage, _ way: Way, isGood: Bool) {
        guard gateway.breaker.note(way.target, isGood: isGood) else { return }
        gateway.logger.error(
            "the partner does not answer again and again; it is called less often until it does",
            metadata: ["partner": "\(message.partner)", "address": "\(way.channel?.baseURL ?? "")"])
    }

    private func judge(_ exchange: SentExchange, _ message: StoredMessage, _ way: Way) -> WorkOutcome {
        switch exchange.outcome {
        case .answered(.receipt(_, let signer)): WorkOutcome(.acknowledged, .done, signer: signer)
        case .answered(.fault(let fault, .sender)) where message.bodyDigest != nil && message.bodyDigest != exchange.bodyDigest:
            WorkOutcome(
                .parked,
                detail: "\(fault.code): \(fault.reason) \(fault.detail); an earlier try was written otherwise and may have been taken: ask "
                    + message.partner, .park)
        case .answered(.fault(let fault, .sender)): WorkOutcome(.rejected, detail: "\(fault.code): \(fault.reason) \(fault.detail)", .done)
        case .answered(.fault(let fault, .receiver)): again(message, way, "\(fault.code): \(fault.reason)")
        case .untrusted(let reason): again(message, way, reason)
        }
    }

    private func again(_ message: StoredMessage, _ way: Way, _ detail: String) -> WorkOutcome {
        let attempts = message.attempts + 1
        guard attempts < way.tries else {
            return WorkOutcome(.parked, detail: "given up after \(attempts) tries: \(detail)", .park)
        }
        let delay = backoff.delay(after: way.triesMade + 1, share: .random(in: 0...1))
        return WorkOutcome(.queued, detail: detail, .again(at: gateway.clock().adding(seconds: Int64(delay.rounded(.up))).text))
    }

    private func park(_ message: StoredMessage, _ detail: String) -> TryOutcome {
        TryOutcome(WorkOutcome(.parked, detail: detail, .park))
    }

    /// Nothing was tried.
    private func later(_ seconds: Int64, _ detail: String) -> TryOutcome {
        TryOutcome(WorkOutcome(.queued, detail: detail, .again(at: gateway.clock().adding(seconds: seconds).text), isTry: false))
    }
}

/// By which of its channels a partner is called, after so many tries.
private struct Way {
    let channel: PartnerEndpoint.Channel?
    /// Tries made by this channel.
    let triesMade: Int
    /// By all channels together.
    let tries: Int
    /// What the breaker knows it by: the next channel may be there where the first is not.
    let target: String

    init(_ message: StoredMessage, _ channels: [PartnerEndpoint.Channel]) {
        var (place, made) = (0, message.attempts)
        while place + 1 < channels.count, made >= channels[place].tries {
            made -= channels[place].tries
            place += 1
        }
        channel = channels.isEmpty ? nil : channels[place]
        triesMade = made
        tries = channels.reduce(0) { $0 + $1.tries }
        target = "partner \(message.partner)" + (place == 0 ? "" : " \(place)")
    }
}
