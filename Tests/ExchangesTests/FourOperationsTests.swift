import Datasets
import Exchanges
import Foundation
import Stores
import Support
import Testing

/// Every operation goes from JSON to a verified receipt where the roles allow it, and is refused by name where they do not.
struct FourOperationsTests {
    @Test(arguments: Exchanges.Operation.allCases) func `an operation goes from JSON to the partner's receipt`(
        _ operation: Exchanges.Operation
    ) async throws {
        let world = try ExchangeWorld(
            receiverRoles: [operation.provider], senderRoles: Set(GatewayRole.allCases).subtracting([operation.provider]))
        try await ExchangeWorld.noteSent(by: world.receiver, to: "korea")
        let json = try ExchangeWorld.sample(operation)
        let partner = try world.sender.callable(operation, partner: "vietnam")
        let dataset = try world.sender.dataset(json, operation, partner)
        let exchange = try await world.sender.send(dataset, operation, to: partner, through: world.network())
        guard case .answered(.receipt(let receipt, _)) = exchange.outcome else { return #expect(Bool(false), "\(exchange.outcome)") }
        #expect(receipt.functionalReferenceID == dataset.text("functionalReferenceId"))
        let stored = try #require(try await world.receiver.store.read { try $0.messages(MessageQuery()) }.first)
        #expect(stored.operation == operation.rawValue && stored.certificateNumber == "K001-26-0004711")
        #expect(try await world.receiver.store.read { try $0.content(.dataset, of: stored.id) } == dataset.json())
    }

    @Test(arguments: Exchanges.Operation.allCases) func `an operation outside our role is refused by name`(_ operation: Exchanges.Operation)
        async throws
    {
        let other = Set(GatewayRole.allCases).subtracting([operation.provider])
        let world = try ExchangeWorld(receiverRoles: other, senderRoles: Set(GatewayRole.allCases))
        let partner = try world.sender.callable(operation, partner: "vietnam")
        let dataset = try world.sender.dataset(ExchangeWorld.sample(operation), operation, partner)
        let exchange = try await world.sender.send(dataset, operation, to: partner, through: world.network())
        guard case .answered(.fault(let fault, .sender)) = exchange.outcome else { return #expect(Bool(false), "\(exchange.outcome)") }
        #expect(fault.detail.contains("operation-not-provided") && fault.reason.contains(operation.rawValue))
        #expect(throws: SubmissionError.self) {
            try ExchangeWorld(senderRoles: [operation.provider]).sender.callable(operation, partner: "vietnam")
        }
    }

    @Test func `an agreement that is added while the gateway runs is known from then on`() async throws {
        let world = try ExchangeWorld()
        let agreement = """
            agreement: MUTUAL
            version: 1
            title: Agreement of two customs
            source: a test
            languages: [en]
            documentTypes: ["861"]
            procedures: {amendments: ["1"], holdHours: 1, tries: 3}
            elements: {remarks: O}
            extensions:
              - {json: sealNumber, xml: SealNumber, format: an..20, card: "1", basis: inference, text: Number of the customs seal}
            """
        let catalog = try Catalog(adding: [("mutual.yaml", agreement)])
        let json = try ExchangeWorld.sample(
            .sendCO, changing: ["agreementCode": "MUTUAL", "extensions": ["MUTUAL": ["sealNumber": "S-77"]]])
        let dataset = try catalog.dataset(json: json, as: "SendCO")
        let early = await world.receiver.receive(try await world.request(dataset))
        #expect(early.refusal == "dataset" && early.text.contains("unknown-agreement"), "\(early.text)")
        world.receiver.catalogs.replace(catalog)
        let answer = await world.receiver.receive(try await world.request(dataset))
        guard case .accepted(let id) = answer.outcome else { return #expect(Bool(false), "\(answer.text)") }
        let kept = try #require(try await world.receiver.store.read { try $0.content(.dataset, of: id) })
        #expect(String(decoding: kept, as: UTF8.self).contains("\"extensions\":{\"MUTUAL\":{\"sealNumber\":\"S-77\"}}"))
    }
}
