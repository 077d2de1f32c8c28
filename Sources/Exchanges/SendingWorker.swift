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
        do {
            guard let known = Operation(rawValue: message.operation), let menuOperation = gateway.operation(known) else {
                return park(message, "the operation \(message.operation) is not known to this version")
            }
            operation = known
            let partner = try gateway.callable(operation, partner: message.partner)
            if let seconds = gateway.breaker.admit(target(message)) {
                return later(Int64(seconds.rounded(.up)), message.detail ?? "\(message.partner) does not answer")
            }
            let json = try await gateway.store.read { try $0.content(.dataset, of: message.id) } ?? []
            dataset = try gateway.catalog.dataset(json: json, as: menuOperation.request.xml.local)
            if let statement = CertificateStatement(dataset, operation), operation == .sendAmendmentNotification,
                try await gateway.store.read({ try $0.isRejected(statement.key(.outbound, partner: message.partner)) })
            {
                gateway.breaker.forget(target(message))
                return park(
                    message,
                    "\(message.partner) rejected certificate \(statement.number); send it anew, then retry or abandon this amendment")
            }
            exchange = try await gateway.send(
                dataset, operation, to: partner, through: transport, afterTry: message.bodyDigest,
                trace: message.correlationID)
            note(message, isGood: true)
        } catch SubmissionError.partnerSuspended(let name) {
            return later(60, "the exchange with \(name) is suspended")
        } catch let error as SubmissionError {
            gateway.breaker.forget(target(message))
            return park(message, "\(error)")
        } catch let error as DatasetError {
            gateway.breaker.forget(target(message))
            return park(message, "the stored dataset no longer fits the menu: \(error)")
        } catch let error as PartnerUnreachable {
            note(message, isGood: false)
            return TryOutcome(again(message, "no answer: \(error)"))
        } catch {
            gateway.breaker.forget(target(message))
            // A shutdown, a full pool, a store or signer of our own that failed: the partner was not asked.
            return later(1, "not sent: \(error)")
        }
        var work = judge(exchange, message)
        work.change.contents = [.request: exchange.request, .response: exchange.response, .verification: exchange.report.json]
        work.change.bodyDigest = exchange.bodyDigest
        return TryOutcome(work, fact: CertificateStatement(dataset, operation)?.fact)
    }

    private func target(_ message: StoredMessage) -> String { "partner " + message.partner }

    private func note(_ message: StoredMessage, isGood: Bool) {
        guard gateway.breaker.note(target(message), isGood: isGood) else { return }
        gateway.logger.error(
            "the partner does not answer again and again; it is called less often until it does",
            metadata: ["partner": "\(message.partner)"])
    }

    private func judge(_ exchange: SentExchange, _ message: StoredMessage) -> WorkOutcome {
        switch exchange.outcome {
        case .answered(.receipt(_, let signer)): WorkOutcome(.acknowledged, .done, signer: signer)
        case .answered(.fault(let fault, .sender)): WorkOutcome(.rejected, detail: "\(fault.code): \(fault.reason) \(fault.detail)", .done)
        case .answered(.fault(let fault, .receiver)): again(message, "\(fault.code): \(fault.reason)")
        case .untrusted(let reason): again(message, reason)
        }
    }

    private func again(_ message: StoredMessage, _ detail: String) -> WorkOutcome {
        let attempts = message.attempts + 1
        guard attempts < gateway.partners[message.partner]?.endpoint.tries ?? 1 else {
            return WorkOutcome(.parked, detail: "given up after \(attempts) tries: \(detail)", .park)
        }
        let delay = backoff.delay(after: attempts, share: .random(in: 0...1))
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
