import Datasets
import Exchanges
import Foundation
import SOAP
import Stores
import Support
import Testing
import Trust
import WSSecurity
import XML

struct InboundRoadTests {
    @Test(arguments: SOAPVersion.allCases) func `a good message is stored before its signed receipt`(_ version: SOAPVersion) async throws {
        let world = try ExchangeWorld()
        let dataset = try world.dataset()
        let request = try await world.request(dataset, version: version)
        let answer = await world.receiver.receive(request)
        guard case .accepted(let id) = answer.outcome else { return #expect(Bool(false), "\(answer.text)") }
        #expect(answer.status == 200 && answer.contentType.hasPrefix(version.mediaType))
        let stored = try #require(try await world.receiver.store.read { try $0.message(id: id) })
        #expect(stored.state == .accepted && stored.partner == "korea" && stored.certificateNumber == "K001-26-0004711")
        #expect(try await world.receiver.store.read { try $0.content(.request, of: id) } == request.bytes)
        #expect(try await world.receiver.store.read { try $0.content(.response, of: id) } == answer.bytes)
        #expect(try await world.receiver.store.read { try $0.content(.dataset, of: id) } == dataset.json())
        let envelope = try Envelope(reading: XMLDocument(parsing: answer.bytes))
        let trust = TrustStore([TestIdentity.own.pin("vietnam")])
        let verified = try EnvelopeVerifier(trust: trust, policy: SecurityPolicy(secondEngine: .asked)).verify(
            envelope, at: world.clock.now)
        #expect(verified.content?.local == "SendCOResponse")
    }

    @Test func `the report kept beside a message is what the verifier found`() async throws {
        let world = try ExchangeWorld()
        let request = try await world.request(world.dataset())
        guard case .accepted(let id) = await world.receiver.receive(request).outcome else { return #expect(Bool(false)) }
        let json = try #require(try await world.receiver.store.read { try $0.content(.verification, of: id) })
        let kept = try JSONDecoder().decode(VerificationReport.self, from: Data(json))
        var found = VerificationReport(judgedAt: world.clock.now)
        _ = try EnvelopeVerifier(trust: world.receiver.partners.trust, policy: world.receiver.settings.policy).verify(
            Envelope(reading: XMLDocument(parsing: request.bytes)), at: world.clock.now, report: &found)
        #expect(kept == found && kept.parts.count > 1 && kept.signer?.partner == "korea")
    }

    @Test func `the same content under the same id gets the same Receipt values`() async throws {
        let world = try ExchangeWorld()
        let dataset = try world.dataset()
        let first = await world.receiver.receive(try await world.request(dataset))
        world.clock.advance(seconds: 100)
        let second = await world.receiver.receive(try await world.request(dataset, signedBy: TestIdentity.p256))
        guard case .accepted(let id) = first.outcome else { return #expect(Bool(false)) }
        #expect(second.outcome == .repeated(id: id))
        #expect(try first.text.receipt == second.text.receipt)
        #expect(first.bytes != second.bytes)
        #expect(try await world.receiver.store.read { try $0.messages(MessageQuery()) }.count == 1)
    }

    @Test func `many of the same at once are one message`() async throws {
        let world = try ExchangeWorld()
        let request = try await world.request(try world.dataset())
        let answers = await withTaskGroup(of: InboundAnswer.self) { group in
            for _ in 0..<20 { group.addTask { await world.receiver.receive(request) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 200 })
        #expect(Set(try answers.map { try $0.text.receipt }).count == 1)
        #expect(try await world.receiver.store.read { try $0.messages(MessageQuery()) }.count == 1)
    }

    @Test func `other content under the same id is refused`() async throws {
        let world = try ExchangeWorld()
        _ = await world.receiver.receive(try await world.request(try world.dataset(id: "m1")))
        let other = await world.receiver.receive(try await world.request(try world.dataset(id: "m1", changing: ["versionId": "2"])))
        #expect(other.refusal == "message-id-reused")
        // Nor does it make a certificate known.
        let unknown = await world.receiver.receive(try await world.request(try world.dataset(id: "m1", changing: ["id": "K001-26-9"])))
        #expect(unknown.refusal == "message-id-reused")
        let numbers = [ExchangeWorld.number, "K001-26-9"]
        let known = try await world.receiver.store.read { store in try numbers.filter { try !store.certificates(number: $0).isEmpty } }
        #expect(known == [ExchangeWorld.number])
    }

    /// The look-up comes before validation: a refused message claims nothing, and its corrected form may use its id.
    @Test func `a refused message does not use up its id`() async throws {
        let world = try ExchangeWorld()
        let wrong = try world.dataset(id: "m1", changing: ["receiver": ["country": "UY", "agency": "Aduanas"]])
        #expect(await world.receiver.receive(try await world.request(wrong)).refusal == "receiver-mismatch")
        let right = await world.receiver.receive(try await world.request(try world.dataset(id: "m1")))
        #expect(right.status == 200)
    }

    @Test func `sender must be the signer's partner`() async throws {
        let world = try ExchangeWorld()
        let dataset = try world.dataset(changing: ["sender": ["country": "UY", "agency": "Aduanas"]])
        #expect(await world.receiver.receive(try await world.request(dataset)).refusal == "sender-mismatch")
    }

    @Test func `an operation outside our roles is refused by name`() async throws {
        let world = try ExchangeWorld(receiverRoles: [.outboundGateway])
        let answer = await world.receiver.receive(try await world.request(try world.dataset()))
        #expect(answer.refusal == "operation-not-provided")
        #expect(answer.text.contains("send-co"))
    }

    @Test func `what names another operation is refused`() async throws {
        let world = try ExchangeWorld()
        let request = try await world.request(try world.dataset())
        #expect(
            await world.receiver.receive(world.inbound(request.bytes, action: "urn:coconect:eco:1:SendFeedback")).refusal
                == "operation-mismatch")
        #expect(await world.receiver.receive(world.inbound(request.bytes, operation: "send-feedback")).refusal == "operation-mismatch")
        #expect(await world.receiver.receive(world.inbound(request.bytes, operation: "send-c0")).refusal == "unknown-operation")
        #expect(await world.receiver.receive(world.inbound(request.bytes, action: "urn:coconect:eco:1:SendCO")).status == 200)
    }

    @Test func `addressing headers that are signed must be ours, answers relate to them`() async throws {
        let world = try ExchangeWorld()
        func headers(_ to: String) -> [OutgoingEnvelope.AddressingHeader] {
            OutgoingEnvelope.requestAddressing(to: to, action: "urn:coconect:eco:1:SendCO", messageID: "urn:uuid:42")
        }
        let elsewhere = await world.receiver.receive(
            try await world.request(try world.dataset(), addressing: headers("https://uruguay.test/send-co")))
        #expect(elsewhere.refusal == "addressing")
        let here = await world.receiver.receive(
            try await world.request(try world.dataset(), addressing: headers("https://vietnam.test/send-co")))
        #expect(here.status == 200)
        #expect(here.text.contains(">urn:uuid:42</wsa:RelatesTo>"))
    }

    @Test func `answers never go to another address`() async throws {
        let world = try ExchangeWorld()
        let text = String(decoding: try await world.request(try world.dataset()).bytes, as: UTF8.self)
        let replyTo = "<a:ReplyTo xmlns:a=\"http://www.w3.org/2005/08/addressing\"><a:Address>https://evil.test/</a:Address></a:ReplyTo>"
        let changed = text.replacingOccurrences(of: "<soap:Header>", with: "<soap:Header>" + replyTo)
        #expect(await world.receiver.receive(world.inbound(Array(changed.utf8))).refusal == "addressing")
        let anonymous = changed.replacingOccurrences(
            of: "https://evil.test/", with: "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous")
        #expect(await world.receiver.receive(world.inbound(Array(anonymous.utf8))).status == 200)
    }

    @Test func `a header that must be understood and is not known is refused`() async throws {
        let world = try ExchangeWorld()
        let text = String(decoding: try await world.request(try world.dataset()).bytes, as: UTF8.self)
        let header = "<x:Routing xmlns:x=\"u:x\" soap:mustUnderstand=\"true\"/>"
        let changed = text.replacingOccurrences(of: "<soap:Header>", with: "<soap:Header>" + header)
        let answer = await world.receiver.receive(world.inbound(Array(changed.utf8)))
        #expect(answer.refusal == "header-not-understood")
        #expect(answer.text.contains("soap:MustUnderstand"))
    }

    @Test func `faults are signed, in the version of the request, with the problems and their places`() async throws {
        let world = try ExchangeWorld()
        for version in SOAPVersion.allCases {
            let envelope = OutgoingEnvelope(
                version: version, content: Array("<SendCO xmlns=\"urn:coconect:eco:1\"><Sender/></SendCO>".utf8), form: .free)
            let bytes = try await TestIdentity.rsa.sign(envelope, created: world.clock.now).bytes
            let answer = await world.receiver.receive(world.inbound(bytes, version: version))
            #expect(answer.refusal == "dataset" && answer.status == 500 && answer.contentType.hasPrefix(version.mediaType))
            #expect(answer.text.contains("<Place>/Envelope/Body/SendCO/Sender/Country</Place>"))
            let verified = try EnvelopeVerifier(trust: TrustStore([TestIdentity.own.pin("v")])).verify(
                Envelope(reading: XMLDocument(parsing: answer.bytes)), at: world.clock.now)
            let fault = try #require(verified.content.flatMap { ReceivedFault($0, version: version) })
            #expect(fault.detail.contains("missing-element"))
            let kept = try await world.receiver.store.read { try $0.messages(MessageQuery()) }
            #expect(kept.first?.state == .refused)
        }
    }

    /// Anybody may send an old message again, with anything unsigned added: nothing of it is kept.
    @Test func `a replayed old message is not kept`() async throws {
        let world = try ExchangeWorld()
        let request = try await world.request(try world.dataset())
        world.clock.advance(seconds: 3600)
        #expect(await world.receiver.receive(request).refusal == "timestamp-expired")
        #expect(try await world.receiver.store.read { try $0.messages(MessageQuery()) }.isEmpty)
        #expect(try await world.receiver.store.read { try $0.refusals(limit: 10) }.map(\.code) == ["timestamp-expired"])
    }

    @Test func `a stranger's words cannot forge a line of the log or fill a fault`() async throws {
        let world = try ExchangeWorld()
        let text = String(decoding: try await world.request(try world.dataset()).bytes, as: UTF8.self)
        let forged = "x&#10;2026-11-22 info coconect-soap: message accepted" + String(repeating: "y", count: 10_000)
        let changed = text.replacingOccurrences(of: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", with: forged)
        let answer = await world.receiver.receive(world.inbound(Array(changed.utf8)))
        #expect(answer.refusal == "algorithm-not-allowed")
        #expect(!answer.text.contains("x\n2026"))
        #expect(answer.bytes.count < 10_000)
    }

    @Test func `a stranger leaves a note without bytes, and a flood of strangers gets unsigned faults`() async throws {
        let world = try ExchangeWorld()
        var request = try await world.request(try world.dataset(), signedBy: TestIdentity.stranger)
        var signed = 0
        for _ in 0..<60 {
            let answer = await world.receiver.receive(request)
            #expect(answer.refusal == "signer-unknown")
            if answer.text.contains("ds:Signature") { signed += 1 }
        }
        #expect(signed == 50)
        #expect(try await world.receiver.store.read { try $0.messages(MessageQuery()) }.isEmpty)
        #expect(try await world.receiver.store.read { try $0.refusals(limit: 100) }.count == 60)
        request = try await world.request(try world.dataset())
        #expect(await world.receiver.receive(request).status == 200)
    }
}

extension String {
    /// The Receipt element of an answer.
    var receipt: String {
        get throws {
            let start = try #require(range(of: "<Receipt>"))
            let end = try #require(range(of: "</Receipt>"))
            return String(self[start.lowerBound..<end.upperBound])
        }
    }
}
