import Datasets
import Exchanges
import Foundation
import Stores
import Support
import Testing
import WSSecurity
import XML

struct OutboundRoadTests {
    private func outcome(_ world: ExchangeWorld, _ change: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }) async throws
        -> SentExchange.Outcome
    {
        let partner = try #require(world.sender.partners["vietnam"])
        let dataset = try world.dataset()
        return try await world.sender.send(dataset, .sendCO, to: partner, through: world.network(change: change)).outcome
    }

    @Test func `a partner's receipt is verified against what was sent`() async throws {
        let world = try ExchangeWorld()
        guard case .answered(.receipt(let receipt, let signer)) = try await outcome(world) else { return #expect(Bool(false)) }
        #expect(receipt.receivedDateTime == world.clock.now.text)
        #expect(signer == TestIdentity.own.certificate.fingerprint.hex)
    }

    @Test func `a receipt that somebody changed is no receipt`() async throws {
        let world = try ExchangeWorld()
        let changed = try await outcome(world) { bytes in
            Array(String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "<Receipt>", with: "<Receipt> ").utf8)
        }
        guard case .untrusted(let reason) = changed else { return #expect(Bool(false)) }
        #expect(reason.contains("digest-wrong"))
    }

    @Test func `a receipt for another message is no receipt`() async throws {
        let world = try ExchangeWorld()
        let other = await world.receiver.receive(try await world.request(try world.dataset()))
        let swapped = try await outcome(world) { _ in other.bytes }
        guard case .untrusted(let reason) = swapped else { return #expect(Bool(false)) }
        #expect(reason.contains("the receipt is for message"))
    }

    @Test func `an HTML page or an unsigned answer is no receipt`() async throws {
        let world = try ExchangeWorld()
        for page in [
            "<html><body>OK</body></html>", "",
            "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Body/></soap:Envelope>",
        ] {
            guard case .untrusted = try await outcome(world, { _ in Array(page.utf8) }) else { return #expect(Bool(false), "\(page)") }
        }
    }

    @Test func `a signed fault is the partner's word`() async throws {
        let world = try ExchangeWorld(receiverRoles: [.outboundGateway])
        guard case .answered(.fault(let fault, .sender)) = try await outcome(world) else { return #expect(Bool(false)) }
        #expect(fault.detail.contains("operation-not-provided"))
    }

    @Test func `what is handed over is durable and known again`() async throws {
        let world = try ExchangeWorld()
        let json = try ExchangeWorld.json(id: "m1")
        guard case .queued(let message) = try await world.sender.submit(json: json, operation: .sendCO, partner: "vietnam") else {
            return #expect(Bool(false))
        }
        #expect(message.state == .queued && message.certificateNumber == "K001-26-0004711")
        guard case .known(let again) = try await world.sender.submit(json: json, operation: .sendCO, partner: "vietnam") else {
            return #expect(Bool(false))
        }
        #expect(again.id == message.id)
        let other = try await world.sender.submit(
            json: try ExchangeWorld.json(id: "m1", changing: ["versionId": "9"]), operation: .sendCO, partner: "vietnam")
        guard case .refused(.messageIDReused) = other else { return #expect(Bool(false)) }
    }

    @Test func `sender, receiver and partner are checked when a message is handed over`() async throws {
        let world = try ExchangeWorld()
        let foreign = try ExchangeWorld.json(changing: [
            "sender": ["country": "UY", "agency": "x"], "receiver": ["country": "UY", "agency": "x"],
        ])
        guard case .refused(.dataset(let problems)) = try await world.sender.submit(json: foreign, operation: .sendCO, partner: "vietnam")
        else {
            return #expect(Bool(false))
        }
        #expect(problems.map(\.place) == ["/sender", "/receiver"])
        guard
            case .refused(.unknownPartner(_, nearest: "vietnam")) = try await world.sender.submit(
                json: foreign, operation: .sendCO, partner: "vietnm")
        else { return #expect(Bool(false)) }
        guard
            case .refused(.operationNotCalled) = try await world.sender.submit(json: foreign, operation: .sendFeedback, partner: "vietnam")
        else {
            return #expect(Bool(false))
        }
    }

    @Test func `a lost receipt is known again though the Body is now written otherwise`() async throws {
        let world = try ExchangeWorld()
        let partner = try #require(world.sender.partners["vietnam"])
        let dataset = try world.dataset()
        let lost = try await world.sender.send(dataset, .sendCO, to: partner, through: world.network())
        let changed = Partner(
            name: partner.name, administration: partner.administration, roles: partner.roles, certificates: partner.certificates,
            endpoint: PartnerEndpoint(baseURL: partner.endpoint.baseURL, style: RequestStyle(soapVersion: .v11)))
        let again = try await world.sender.send(dataset, .sendCO, to: changed, through: world.network(), afterTry: lost.bodyDigest)
        #expect(again.bodyDigest != lost.bodyDigest)
        guard case .answered(.receipt(let receipt, _)) = again.outcome else { return #expect(Bool(false), "\(again.outcome)") }
        #expect(receipt.digestValue == lost.bodyDigest)
        guard case .untrusted = try await world.sender.send(dataset, .sendCO, to: changed, through: world.network()).outcome else {
            return #expect(Bool(false))
        }
    }

    /// What the worker sends at each try: the same Body, a new signature.
    @Test func `each try has the same Body`() async throws {
        let world = try ExchangeWorld()
        let partner = try #require(world.sender.partners["vietnam"])
        let dataset = try world.dataset()
        let first = try await world.sender.send(dataset, .sendCO, to: partner, through: world.network())
        world.clock.advance(seconds: 5)
        let second = try await world.sender.send(dataset, .sendCO, to: partner, through: world.network())
        #expect(first.bodyDigest == second.bodyDigest)
        #expect(first.request != second.request)
        guard case .answered(.receipt(let one, _)) = first.outcome, case .answered(.receipt(let other, _)) = second.outcome else {
            return #expect(Bool(false))
        }
        #expect(one == other)
    }
}
