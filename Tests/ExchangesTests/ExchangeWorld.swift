import Datasets
import Exchanges
import Foundation
import Logging
import SOAP
import Stores
import Support
import Synchronization
import Trust
import WSSecurity
import XML

/// Two gateways in one process, Korea's that sends and Viet Nam's that receives; a closure stands for the network.
struct ExchangeWorld {
    static let korea = Administration(country: "KR", agency: "Korea Customs Service")
    static let vietnam = Administration(country: "VN", agency: "General Department of Viet Nam Customs")
    static let catalog = try! Catalog()
    static let menu = catalog.menu

    let sender: Gateway
    let receiver: Gateway
    let clock: TestClock

    init(
        receiverRoles: Set<GatewayRole> = [.inboundGateway], senderRoles: Set<GatewayRole> = [.outboundGateway],
        senderKey: SigningIdentity = TestIdentity.rsa, tries: Int? = 3, alternative: PartnerEndpoint.Channel? = nil,
        receiverURL: String = "https://vietnam.test", style: RequestStyle = RequestStyle(), answers: AnswerStyle = AnswerStyle(),
        names: Catalog? = nil
    ) throws {
        let clock = TestClock()
        self.clock = clock
        func gateway(_ us: Administration, _ identity: SigningIdentity, _ partner: Partner, url: String) throws -> Gateway {
            Gateway(
                administration: us, identities: SigningIdentities(identity), partners: PartnerRegistry([partner]), catalog: Self.catalog,
                store: try SQLiteStore(),
                settings: GatewaySettings(publicURL: url, policy: SecurityPolicy(secondEngine: .asked)), clock: { clock.now },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
        let endpoint = PartnerEndpoint(baseURL: "https://vietnam.test", style: style, tries: tries, alternative: alternative)
        sender = try gateway(
            Self.korea, senderKey,
            Partner(
                name: "vietnam", administration: Self.vietnam, roles: senderRoles,
                certificates: [TestIdentity.own.pin("vietnam")], endpoint: endpoint, catalog: names), url: "https://korea.test")
        receiver = try gateway(
            Self.vietnam, TestIdentity.own,
            Partner(
                name: "korea", administration: Self.korea, roles: receiverRoles,
                certificates: [TestIdentity.rsa.pin("korea"), TestIdentity.p256.pin("korea")],
                endpoint: PartnerEndpoint(baseURL: "https://korea.test"), answers: answers, catalog: names), url: receiverURL)
    }

    /// The example with a message id of its own.
    static func json(id: String = LocalID.make(), changing changes: [String: Any] = [:]) throws -> [UInt8] {
        var message = try JSONSerialization.jsonObject(with: Data(Repository.bytes("wsdl/examples/send-co.json"))) as! [String: Any]
        message["functionalReferenceId"] = id
        message.merge(changes) { _, new in new }
        return Array(try JSONSerialization.data(withJSONObject: message))
    }

    /// The sample of an operation, from Korea to Viet Nam, with a message id of its own.
    static func sample(_ operation: Exchanges.Operation, changing changes: [String: Any] = [:]) throws -> [UInt8] {
        var message =
            try JSONSerialization.jsonObject(with: Data(Repository.bytes("wsdl/examples/\(operation.rawValue).json"))) as! [String: Any]
        message["functionalReferenceId"] = LocalID.make()
        message["sender"] = ["country": korea.country, "agency": korea.agency]
        message["receiver"] = ["country": vietnam.country, "agency": vietnam.agency]
        message.merge(changes) { _, new in new }
        return Array(try JSONSerialization.data(withJSONObject: message))
    }

    func dataset(id: String = LocalID.make(), changing changes: [String: Any] = [:]) throws -> Dataset {
        try Dataset(json: Self.json(id: id, changing: changes), as: Self.menu.message("SendCO"))
    }

    /// A request of Korea's, signed now.
    func request(
        _ dataset: Dataset, version: SOAPVersion = .v12, addressing: [OutgoingEnvelope.AddressingHeader] = [],
        signedBy identity: SigningIdentity = TestIdentity.rsa
    ) async throws -> InboundRequest {
        let envelope = OutgoingEnvelope(version: version, addressing: addressing, content: dataset.xml, form: .canonical)
        return inbound(try await identity.sign(envelope, created: clock.now).bytes, version: version)
    }

    func inbound(_ bytes: [UInt8], version: SOAPVersion = .v12, operation: String = "send-co", action: String? = nil) -> InboundRequest {
        InboundRequest(
            bytes: bytes, operation: operation, mediaVersion: version, action: action, peer: "127.0.0.1", correlationID: LocalID.make())
    }
}

final class TestClock: Sendable {
    private let moment = Mutex(TestIdentity.now)
    var now: XMLDateTime { moment.withLock { $0 } }
    func advance(seconds: Int64) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
}

extension ExchangeWorld {
    static let number = "K001-26-0004711"

    /// As if a gateway had sent the samples' certificate to its partner.
    static func noteSent(by gateway: Gateway, to partner: String, _ number: String = number) async throws {
        let key = CertificateKey(partner: partner, side: .outbound, number: number)
        try await gateway.store.write { transaction in
            var certificate = try transaction.lockCertificate(key, at: TestIdentity.now.text)
            certificate.state = "issued"
            try transaction.update(certificate)
        }
    }
}

/// The network between two gateways as a closure.
struct ClosureTransport: PartnerTransport {
    let carry: @Sendable (OutboundRequest) async throws -> OutboundResponse
    func post(_ request: OutboundRequest) async throws -> OutboundResponse { try await carry(request) }
}

extension ExchangeWorld {
    /// Carries every request to the receiver; `change` sees the answer on its way back.
    func network(change: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }) -> ClosureTransport {
        let receiver = receiver
        return ClosureTransport { request in
            let answer = await receiver.receive(request.inbound)
            return OutboundResponse(status: answer.status, contentType: answer.contentType, bytes: change(answer.bytes))
        }
    }
}

extension OutboundRequest {
    /// What a listener makes of it.
    var inbound: InboundRequest {
        let media = MediaType(contentType)
        let action = (soapAction ?? media.action)?.replacing("\"", with: "") ?? ""
        return InboundRequest(
            bytes: bytes, package: media.isPackage ? media : nil, operation: String(url.split(separator: "/").last ?? ""),
            mediaVersion: media.soapVersion ?? .v11, action: action.isEmpty ? nil : action, peer: "", correlationID: LocalID.make())
    }
}

extension InboundAnswer {
    var text: String { String(decoding: bytes, as: UTF8.self) }

    var refusal: String? {
        if case .refused(let code) = outcome { code } else { nil }
    }
}
