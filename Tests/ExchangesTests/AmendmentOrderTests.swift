import Foundation
import Stores
import Support
import Testing

@testable import Exchanges

/// Amendments whose certificates come late, by another way, or never.
struct AmendmentOrderTests {
    @Test func `what was held for a certificate goes on when it comes as the replacement of another`() async throws {
        let world = try ExchangeWorld()
        let moment = world.clock.now.text
        #expect(try await send(.sendCO, ["id": "CO-1", "versionId": "1"], world).state == .accepted)
        let early = try await send(.sendAmendmentNotification, Amendment.correction("CO-2", "2", at: moment), world)
        #expect(early.state == .held)
        let notified = try await send(.sendAmendmentNotification, Amendment.replacement("CO-1", by: "CO-2", at: moment), world)
        let status: [String: Any] = ["statusCode": "CANCELED", "dateTime": moment, "respondsTo": notified.messageID]
        let parties: [String: Any] = [
            "sender": ["country": "VN", "agency": ExchangeWorld.vietnam.agency],
            "receiver": ["country": "KR", "agency": ExchangeWorld.korea.agency],
        ]
        let json = try ExchangeWorld.sample(
            .sendCancelationStatus, changing: parties.merging(["id": "CO-1", "cancelation": status]) { $1 })
        guard case .queued(let answer) = try await world.receiver.submit(json: json, operation: .sendCancelationStatus, partner: "korea")
        else {
            return #expect(Bool(false))
        }
        try await ExchangeWorld.noteSent(by: world.sender, to: "vietnam", "CO-1")
        let sender = world.sender
        let network = ClosureTransport { request in
            let answer = await sender.receive(request.inbound)
            return OutboundResponse(status: answer.status, bytes: answer.bytes)
        }
        let worker = Task { try await SendingWorker(world.receiver, transport: network).run() }
        defer { worker.cancel() }
        #expect(try await wait(for: answer.id, .acknowledged, at: world.receiver))
        #expect(try await wait(for: early.id, .accepted, at: world.receiver))
        let key = CertificateKey(partner: "korea", side: .inbound, number: "CO-2")
        let certificate = try await world.receiver.store.read { try $0.certificate(key) }
        #expect(certificate?.state == "issued" && certificate?.version == "2")
    }

    @Test func `an amendment of a certificate that the partner rejected waits for a person`() async throws {
        let world = try ExchangeWorld(receiverRoles: [.inboundGateway])
        let wrong = try ExchangeWorld.sample(.sendCO, changing: ["id": "CO-1"])
        guard case .queued(let rejected) = try await world.sender.submit(json: wrong, operation: .sendCO, partner: "vietnam") else {
            return #expect(Bool(false))
        }
        try await world.sender.store.write { transaction in
            try transaction.update(rejected.sequence, MessageChange(.rejected, detail: "400"), at: world.clock.now.text)
            try transaction.endWork(rejected.sequence)
        }
        let json = try ExchangeWorld.sample(
            .sendAmendmentNotification, changing: Amendment.cancelation("CO-1", at: world.clock.now.text))
        guard
            case .queued(let amendment) = try await world.sender.submit(
                json: json, operation: .sendAmendmentNotification, partner: "vietnam")
        else {
            return #expect(Bool(false))
        }
        let worker = Task { try await SendingWorker(world.sender, transport: world.network()).run() }
        defer { worker.cancel() }
        #expect(try await wait(for: amendment.id, .parked, at: world.sender))
        let detail = try await world.sender.store.read { try $0.message(id: amendment.id) }?.detail
        #expect(detail?.contains("vietnam rejected certificate CO-1") == true)
        #expect(try await world.receiver.store.read { try $0.messages(MessageQuery()) }.isEmpty)
    }

    /// A message of Korea's that Viet Nam's gateway has taken.
    private func send(_ operation: Exchanges.Operation, _ changes: [String: Any], _ world: ExchangeWorld) async throws -> StoredMessage {
        let json = try ExchangeWorld.sample(operation, changing: changes)
        let message = try #require(world.sender.menu.operations.first { $0.name == operation.rawValue }).request.xml.local
        let dataset = try ExchangeWorld.catalog.dataset(json: json, as: message)
        let request = world.inbound(try await world.request(dataset).bytes, operation: operation.rawValue)
        guard case .accepted(let id) = await world.receiver.receive(request).outcome else { throw NotAccepted(operation: operation) }
        return try #require(try await world.receiver.store.read { try $0.message(id: id) })
    }

    private func wait(for id: String, _ state: TransportState, at gateway: Gateway) async throws -> Bool {
        for _ in 0..<500 {
            if try await gateway.store.read({ try $0.message(id: id) })?.state == state { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}

private struct NotAccepted: Error {
    let operation: Exchanges.Operation
}
