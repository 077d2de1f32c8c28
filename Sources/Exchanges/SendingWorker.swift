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

    private func outcome(of message: StoredMessage) async -> WorkOutcome {
        let exchange: SentExchange
        let partner: Partner
        do {
            guard let operation = Operation(rawValue: message.operation), let menuOperation = gateway.operation(operation) else {
                return WorkOutcome(.parked, detail: "the operation \(message.operation) is not known to this version")
            }
            partner = try gateway.callable(operation, partner: message.partner)
            let json = try await gateway.store.content(.dataset, of: message.id) ?? []
            let dataset = try gateway.catalog.dataset(json: json, as: menuOperation.request.xml.local)
            exchange = try await gateway.send(dataset, operation, to: partner, through: transport, afterTry: message.bodyDigest)
        } catch SubmissionError.partnerSuspended(let name) {
            return WorkOutcome(
                .queued, detail: "the exchange with \(name) is suspended", retryAt: gateway.clock().adding(seconds: 60).text,
                counts: .asNothing)
        } catch let error as SubmissionError {
            return WorkOutcome(.parked, detail: "\(error)")
        } catch let error as DatasetError {
            return WorkOutcome(.parked, detail: "the stored dataset no longer fits the menu: \(error)")
        } catch let error as PartnerUnreachable {
            return again(message, "no answer: \(error)")
        } catch {
            // A shutdown, a full pool, a store or signer of our own that failed: the partner was not asked.
            return WorkOutcome(
                .queued, detail: "not sent: \(error)", retryAt: gateway.clock().adding(seconds: 1).text, counts: .asNothing)
        }
        var outcome = judge(exchange, message)
        outcome.contents[.request] = exchange.request
        outcome.contents[.response] = exchange.response
        outcome.contents[.verification] = exchange.report.json
        outcome.bodyDigest = exchange.bodyDigest
        return outcome
    }

    private func judge(_ exchange: SentExchange, _ message: StoredMessage) -> WorkOutcome {
        switch exchange.outcome {
        case .answered(.receipt(_, let signer)): WorkOutcome(.acknowledged, signer: signer)
        case .answered(.fault(let fault, .sender)): WorkOutcome(.rejected, detail: "\(fault.code): \(fault.reason) \(fault.detail)")
        case .answered(.fault(let fault, .receiver)): again(message, "\(fault.code): \(fault.reason)")
        case .untrusted(let reason): again(message, reason)
        }
    }

    private func again(_ message: StoredMessage, _ detail: String) -> WorkOutcome {
        let attempts = message.attempts + 1
        guard attempts < gateway.partners[message.partner]?.endpoint.tries ?? 1 else {
            return WorkOutcome(.parked, detail: "given up after \(attempts) tries: \(detail)")
        }
        let delay = backoff.delay(after: attempts, share: .random(in: 0...1))
        return WorkOutcome(.queued, detail: detail, retryAt: gateway.clock().adding(seconds: Int64(delay.rounded(.up))).text)
    }
}
