import Datasets
import Exchanges
import Foundation
import SOAP
import Stores
import Support
import Synchronization
import Testing
import WSSecurity
import XML
import XMLSignature

/// A partner's way is data: what goes out, and what is answered, as its file says.
struct StyleTests {
    private struct Sent: Sendable {
        let request: OutboundRequest
        let response: OutboundResponse
        let outcome: SentExchange.Outcome
        let exchange: SentExchange

        var isReceipt: Bool { if case .answered(.receipt) = outcome { true } else { false } }
        var fault: String? { if case .answered(.fault(let fault, _)) = outcome { fault.detail } else { nil } }
        var untrusted: String? { if case .untrusted(let reason) = outcome { reason } else { nil } }
    }

    /// Sends the sample over the network of `world`; `change` sees the answer on its way back.
    private func send(
        _ world: ExchangeWorld, _ dataset: Dataset? = nil, change: @escaping @Sendable (OutboundResponse) -> OutboundResponse = { $0 }
    ) async throws -> Sent {
        let partner = try #require(world.sender.partners["vietnam"])
        let seen = Mutex<(OutboundRequest, OutboundResponse)?>(nil)
        let network = world.network()
        let transport = ClosureTransport { request in
            let response = change(try await network.post(request))
            seen.withLock { $0 = (request, response) }
            return response
        }
        let dataset = try dataset ?? partner.catalog?.dataset(json: ExchangeWorld.json(), as: "SubmitCertificate") ?? world.dataset()
        let exchange = try await world.sender.send(dataset, .sendCO, to: partner, through: transport)
        let (request, response) = try #require(seen.withLock { $0 })
        return Sent(request: request, response: response, outcome: exchange.outcome, exchange: exchange)
    }

    @Test(arguments: Toolkit.allCases)
    func `each toolkit's preset is a whole exchange that verifies on both sides`(_ toolkit: Toolkit) async throws {
        var answers = toolkit.answers
        // The receiver's key is on P-256.
        answers.signing.algorithm = nil
        let world = try ExchangeWorld(style: toolkit.requests, answers: answers)
        let sent = try await send(world)
        let outcome = sent.outcome
        #expect(sent.isReceipt, "\(outcome)")
        #expect(sent.request.contentType.hasPrefix(toolkit.requests.soapVersion.mediaType))
        let text = String(decoding: sent.request.bytes, as: UTF8.self)
        #expect(text.contains("<wsa:To") == (toolkit.requests.addressing == .on))
    }

    @Test(arguments: SOAPVersion.allCases, RequestStyle.ActionSpelling.allCases)
    func `the action is spelled as told`(_ version: SOAPVersion, _ spelling: RequestStyle.ActionSpelling) async throws {
        let world = try ExchangeWorld(style: RequestStyle(soapVersion: version, action: spelling))
        let sent = try await send(world)
        #expect(sent.isReceipt)
        let action = "urn:coconect:eco:1:SendCO"
        let spelled: [RequestStyle.ActionSpelling: String] = [.quoted: "\"\(action)\"", .unquoted: action, .empty: "\"\""]
        switch version {
        case .v11: #expect(sent.request.soapAction == spelled[spelling])
        case .v12:
            #expect(sent.request.soapAction == nil)
            #expect(sent.request.contentType == "application/soap+xml; charset=utf-8" + (spelled[spelling].map { "; action=\($0)" } ?? ""))
        }
    }

    @Test func `an unsigned receipt is no receipt to us, an unsigned fault is told with what it claims`() async throws {
        let receipts = try ExchangeWorld(answers: AnswerStyle(receipts: .unsigned))
        #expect(try await send(receipts).untrusted?.contains("security-header-missing") == true)
        let faults = try ExchangeWorld(receiverRoles: [.outboundGateway], answers: AnswerStyle(faults: .unsigned, faultStatus: 400))
        let sent = try await send(faults)
        #expect(sent.response.status == 400)
        #expect(sent.untrusted?.contains("nobody vouches for it: ") == true)
        #expect(sent.untrusted?.contains("operation-not-provided") == true)
    }

    @Test func `a receipt and a fault confirm the request's signature`() async throws {
        for roles: Set<GatewayRole> in [[.inboundGateway], [.outboundGateway]] {
            let style = RequestStyle(wantsConfirmation: true)
            let world = try ExchangeWorld(receiverRoles: roles, style: style, answers: AnswerStyle(confirmsSignature: true))
            let sent = try await send(world)
            #expect(sent.isReceipt || sent.fault?.contains("operation-not-provided") == true, "\(sent.outcome)")
        }
        let silent = try ExchangeWorld(style: RequestStyle(wantsConfirmation: true))
        #expect(try await send(silent).untrusted?.contains("no SignatureConfirmation") == true)
    }

    @Test func `a signed RelatesTo or confirmation that was moved aside does not count as none`() async throws {
        let world = try ExchangeWorld(answers: AnswerStyle(confirmsSignature: true))
        for (start, end) in [
            ("<wsa:RelatesTo ", "</wsa:RelatesTo>"), ("<wsse11:SignatureConfirmation ", "</wsse11:SignatureConfirmation>"),
        ] {
            let moved = try await send(world) { response in
                let text = String(decoding: response.bytes, as: UTF8.self)
                guard let from = text.range(of: start), let to = text.range(of: end) else { return response }
                let element = text[from.lowerBound..<to.upperBound]
                let changed = text.replacing(element, with: "").replacing(
                    "<soap:Header>", with: "<soap:Header><w:Wrapper xmlns:w=\"u:w\">\(element)</w:Wrapper>")
                return OutboundResponse(status: response.status, contentType: response.contentType, bytes: Array(changed.utf8))
            }
            #expect(moved.untrusted?.contains("stands elsewhere") == true, "\(moved.untrusted ?? "taken")")
        }
        let doubled = try await send(world) { response in
            let text = String(decoding: response.bytes, as: UTF8.self)
            let more = "<soap:Header><wsa:To xmlns:wsa=\"http://www.w3.org/2005/08/addressing\">a</wsa:To>"
            let changed = text.replacing("<soap:Header>", with: more).replacing(
                "</soap:Header>", with: more.dropFirst(13) + "</soap:Header>")
            return OutboundResponse(status: response.status, contentType: response.contentType, bytes: Array(changed.utf8))
        }
        #expect(doubled.untrusted?.contains("more than once") == true, "\(doubled.untrusted ?? "taken")")
    }

    @Test func `a message stays the same message when its partner's names change`() async throws {
        let names = try NameMapping(yaml: Self.names.replacingOccurrences(of: "FORM", with: "qualified"))
        let world = try ExchangeWorld()
        let json = try ExchangeWorld.json()
        guard case .queued(let first) = try await world.sender.submit(json: json, operation: .sendCO, partner: "vietnam") else {
            return #expect(Bool(false))
        }
        let partner = try #require(world.sender.partners["vietnam"])
        world.sender.registry.replace(
            PartnerRegistry([
                Partner(
                    name: partner.name, administration: partner.administration, roles: partner.roles, certificates: partner.certificates,
                    endpoint: partner.endpoint, catalog: try Catalog(renamedBy: names))
            ]))
        guard case .known(let again) = try await world.sender.submit(json: json, operation: .sendCO, partner: "vietnam") else {
            return #expect(Bool(false), "it counts as another message")
        }
        #expect(again.id == first.id)
    }

    @Test func `an answer to another request's signature is never taken`() async throws {
        let world = try ExchangeWorld(answers: AnswerStyle(confirmsSignature: true))
        let dataset = try world.dataset()
        let first = try await send(world, dataset)
        world.clock.advance(seconds: 1)
        let replayed = try await send(world, dataset) { _ in first.response }
        #expect(replayed.untrusted?.contains("another request's signature") == true, "\(replayed.outcome)")
    }

    @Test(arguments: SOAPVersion.allCases)
    func `attachments go as parts, and are signed as if they stood in the message`(_ version: SOAPVersion) async throws {
        let style = RequestStyle(soapVersion: version, isPackaged: true)
        let world = try ExchangeWorld(style: style, answers: AnswerStyle(isPackaged: true))
        let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let attachment = [
            "mediaType": "application/pdf", "fileName": "a.pdf", "sha256": Digest(of: content).hex, "content": Base64.encode(content),
        ]
        let dataset = try world.dataset(changing: ["attachments": [attachment]])
        let sent = try await send(world, dataset)
        let outcome = sent.outcome
        #expect(sent.isReceipt, "\(outcome)")
        #expect(sent.request.contentType.hasPrefix("multipart/related") && sent.response.contentType.hasPrefix("multipart/related"))
        #expect(sent.request.bytes.firstRange(of: content) != nil && sent.request.bytes.firstRange(of: Base64.encode(content).utf8) == nil)
        let stored = try #require(try await world.receiver.store.read { try $0.messages(MessageQuery()) }.first)
        let (json, request) = try await world.receiver.store.read {
            (try $0.content(.dataset, of: stored.id), try $0.content(.request, of: stored.id))
        }
        let (ours, signed) = (dataset.json(), sent.exchange.request)
        #expect(json == ours)
        // What is kept on both sides is the document that the signature is over, which any verifier reads.
        #expect(request == signed)
    }

    @Test func `a part that was changed on its way, or swapped, is refused`() async throws {
        let world = try ExchangeWorld(style: RequestStyle(isPackaged: true))
        let contents = [[UInt8](repeating: 1, count: 1000), [UInt8](repeating: 2, count: 1000)]
        let attachments = contents.map {
            ["mediaType": "application/pdf", "fileName": "a.pdf", "sha256": Digest(of: $0).hex, "content": Base64.encode($0)]
        }
        let receiver = world.receiver
        let changes: [@Sendable ([UInt8]) -> [UInt8]] = [
            { bytes in bytes.replacing([1, 1, 1], with: [1, 3, 1], maxReplacements: 1) },
            { bytes in bytes.map { $0 == 1 ? 2 : $0 == 2 ? 1 : $0 } },
        ]
        for change in changes {
            let transport = ClosureTransport { request in
                let changed = OutboundRequest(
                    url: request.url, partner: request.partner, contentType: request.contentType, soapAction: nil,
                    bytes: change(request.bytes), timeout: 1)
                let answer = await receiver.receive(changed.inbound)
                return OutboundResponse(status: answer.status, contentType: answer.contentType, bytes: answer.bytes)
            }
            let dataset = try world.dataset(changing: ["attachments": attachments])
            let partner = try #require(world.sender.partners["vietnam"])
            let exchange = try await world.sender.send(dataset, .sendCO, to: partner, through: transport)
            guard case .answered(.fault(let fault, .sender)) = exchange.outcome else { return #expect(Bool(false)) }
            #expect(fault.detail.contains("digest-wrong"))
        }
    }

    private static let names = """
        namespace: http://customs.example/eco
        elementForm: FORM
        messages: {SendCO: SubmitCertificate, SendCOResponse: SubmitCertificateResult}
        elements: {FunctionalReferenceID: MessageNumber, AgreementCode: Treaty, GoodsItem.Description: Goods, Receipt.DigestValue: Digest}
        actions: {send-co: "http://customs.example/eco/Submit"}
        """

    @Test(arguments: ["qualified", "unqualified"])
    func `a partner whose WSDL only renames is written to in its words, and understood in them`(_ form: String) async throws {
        let names = try NameMapping(yaml: Self.names.replacingOccurrences(of: "FORM", with: form))
        let world = try ExchangeWorld(style: RequestStyle(soapVersion: .v11), names: try Catalog(renamedBy: names))
        let json = try ExchangeWorld.json()
        let partner = try #require(world.sender.partners["vietnam"])
        let dataset = try world.sender.dataset(json, .sendCO, partner)
        let sent = try await send(world, dataset)
        #expect(sent.isReceipt, "\(sent.outcome)")
        #expect(sent.request.soapAction == "\"http://customs.example/eco/Submit\"")
        let request = String(decoding: sent.request.bytes, as: UTF8.self)
        let prefix = form == "qualified" ? "" : "message:"
        #expect(request.contains("<\(prefix)SubmitCertificate xmlns"))
        #expect(request.contains("<MessageNumber>") && request.contains("<Treaty>") && !request.contains("<FunctionalReferenceID>"))
        #expect(String(decoding: sent.response.bytes, as: UTF8.self).contains("SubmitCertificateResult"))
        // The JSON inside is the one that was handed over, whatever the words between.
        let page = try await world.receiver.store.read { try $0.messages(MessageQuery()) }
        let stored = try #require(page.first)
        let inside = try await world.receiver.store.read { try $0.content(.dataset, of: stored.id) }
        let (one, other) = (try Dataset(json: json, as: ExchangeWorld.menu.message("SendCO")).json(), inside)
        #expect(one == other)
    }

    @Test func `names that the menu does not have are refused, with the nearest`() throws {
        for (text, near) in [
            ("elements: {FunctionalReferenceId: X}", "did you mean FunctionalReferenceID"),
            ("messages: {SendCo: X}", "did you mean SendCO"),
            ("elements: {ID: \"a b\"}", "not a name"), ("actions: {send: \"u:x\"}", "no operation"),
            ("element: {}", "did you mean elements"),
            ("elements: {VersionID: ID}", "two elements of the same name"), ("namespace: eco", "no URI with a scheme"),
            ("actions: {send-co: \"urn:x\\\"y\"}", "no URI with a scheme"), ("namespace: \"\"", "no URI with a scheme"),
            ("messages: {SendFeedback: SendCO}", "two messages would have the same name"),
            ("messages: {SendCOResponse: Refusal}", "two messages would have the same name"),
            ("elements: {ID: Number}", "could not be told from ours"), ("elementForm: unqualified", "could not be told from ours"),
        ] {
            #expect("\(text)") { _ = try Catalog(renamedBy: NameMapping(yaml: text)) } throws: { "\($0)".contains(near) }
        }
    }
}
