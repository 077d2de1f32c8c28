import Exchanges
import SOAP
import Support
import Testing
import Trust
import XML

/// What a partner's file says of it, after the signature is known to be good.
struct PartnerRuleTests {
    private func partner(
        standing: Partner.Standing = .active, grants: Grants = Grants(), client: ClientBinding = .unbound
    ) -> PartnerRegistry {
        PartnerRegistry([
            Partner(
                name: "korea", administration: ExchangeWorld.korea, standing: standing, roles: [.inboundGateway], grants: grants,
                certificates: [TestIdentity.rsa.pin("korea")], client: client, endpoint: PartnerEndpoint(baseURL: "https://korea.test"))
        ])
    }

    @Test func `a suspended partner, an operation or an agreement that is not granted: each has its own code`() async throws {
        let world = try ExchangeWorld()
        for (registry, code) in [
            (partner(standing: .suspended), "partner-suspended"),
            (partner(grants: Grants(operations: [.sendFeedback])), "operation-not-granted"),
            (partner(grants: Grants(agreements: ["ATIGA"])), "agreement-not-granted"), (partner(grants: Grants(agreements: ["RCEP"])), nil),
        ] {
            world.receiver.registry.replace(registry)
            let answer = await world.receiver.receive(try await world.request(try world.dataset()))
            #expect(answer.refusal == code)
        }
    }

    @Test func `a fault carries the number of its rule`() async throws {
        let world = try ExchangeWorld()
        world.receiver.registry.replace(partner(standing: .suspended))
        let answer = await world.receiver.receive(try await world.request(try world.dataset()))
        #expect(answer.text.contains("<Rule>701</Rule>"))
        #expect(Set(Rule.all.map(\.number)).count == Rule.all.count)
        #expect(Set(Rule.all.map(\.code)).count == Rule.all.count)
    }

    @Test func `a signature counts only over the client certificate that it is bound to`() async throws {
        let world = try ExchangeWorld()
        let request = try await world.request(try world.dataset())
        func answer(_ certificate: Certificate?, _ binding: ClientBinding) async -> String? {
            world.receiver.registry.replace(partner(client: binding))
            let inbound = InboundRequest(
                bytes: request.bytes, operation: request.operation, mediaVersion: request.mediaVersion, action: nil, peer: "",
                clientCertificate: certificate?.der, correlationID: "1")
            return await world.receiver.receive(inbound).refusal
        }
        let (own, other) = (TestIdentity.p256.certificate, TestIdentity.stranger.certificate)
        let binding = ClientBinding.bound(certificates: [own], subject: nil)
        #expect(await answer(other, binding) == "client-certificate")
        #expect(await answer(nil, binding) == "client-certificate")
        #expect(await answer(own, binding) == nil)
        #expect(await answer(other, .bound(certificates: [], subject: DistinguishedName("CN=Stranger"))) == nil)
        #expect(await answer(own, .bound(certificates: [], subject: DistinguishedName("CN=Stranger"))) == "client-certificate")
        #expect(await answer(nil, .unbound) == nil)
    }

    @Test func `what is reloaded holds for the next message`() async throws {
        let world = try ExchangeWorld()
        world.receiver.registry.replace(PartnerRegistry([]))
        #expect(await world.receiver.receive(try await world.request(try world.dataset())).refusal == "signer-unknown")
        world.receiver.registry.replace(partner())
        #expect(await world.receiver.receive(try await world.request(try world.dataset())).refusal == nil)
    }

    @Test func `certificates are told of before they end, unless one succeeds them`() {
        let now = TestIdentity.now
        let (old, new) = (TestIdentity.signing("Old", to: 5), TestIdentity.signing("New", to: 300))
        func urgencies(_ pins: [PinnedCertificate], days: Int64 = 0) -> [CertificateNotice.Urgency] {
            CertificateNotice.all(pins, at: now.adding(seconds: days * 86_400)).map(\.urgency)
        }
        #expect(urgencies([old.pin("korea")]) == [.week])
        #expect(urgencies([old.pin("korea"), new.pin("korea")]) == [.fine, .fine])
        #expect(urgencies([old.pin("korea"), new.pin("vietnam")]) == [.week, .fine])
        #expect(urgencies([old.pin("korea")], days: 6) == [.ended])
        #expect(urgencies([old.pin("korea"), new.pin("korea")], days: 6) == [.fine, .fine])
        #expect(urgencies([new.pin("korea")], days: 250) == [.soon])
        let later = new.pin("korea", window: .init(from: now.adding(seconds: 30 * 86_400)))
        #expect(urgencies([old.pin("korea"), later]) == [.week, .fine])
    }
}
