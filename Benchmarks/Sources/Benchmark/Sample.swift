import Datasets
import Exchanges
import Foundation
import Logging
import SOAP
import Stores
import Trust
import WSSecurity
import XML
import XMLSignature

/// A party's key and certificate, made with openssl for the run.
struct Party {
    let identity: SigningIdentity
    let keyFile: String
    let certificateFile: String

    init(_ name: String, algorithm: String, folder: String) throws {
        keyFile = "\(folder)/\(name).key"
        certificateFile = "\(folder)/\(name).pem"
        let kind = algorithm == "RSA-2048" ? ["-newkey", "rsa:2048"] : ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        _ = try run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout", keyFile, "-out", certificateFile,
                "-addext", "basicConstraints=critical,CA:FALSE",
            ] + kind)
        identity = try SigningIdentity(
            certificate: Certificate(pem: Array(Data(contentsOf: URL(fileURLWithPath: certificateFile)))),
            key: PrivateKey(pem: Array(Data(contentsOf: URL(fileURLWithPath: keyFile)))))
    }
}

/// Messages of one size under one kind of key, and a gateway that takes them.
struct Sample {
    let size: Int
    let algorithm: String
    let partner: Party
    let own: Party
    let catalog: Catalog
    let menu: Menu
    let gateway: Gateway
    private let registry: PartnerRegistry
    private let example: [String: Any]

    init(size: Int, algorithm: String, example: [UInt8], folder: String) throws {
        self.size = size
        self.algorithm = algorithm
        partner = try Party("partner", algorithm: algorithm, folder: folder)
        own = try Party("own", algorithm: algorithm, folder: folder)
        catalog = try Catalog()
        menu = catalog.menu
        self.example = try JSONSerialization.jsonObject(with: Data(example)) as? [String: Any] ?? [:]
        registry = PartnerRegistry([
            Partner(
                name: "partner", administration: Administration(country: "KR", agency: "Korea Customs Service"),
                roles: [.inboundGateway],
                certificates: [PinnedCertificate(partner.identity.certificate, owner: "partner", origin: "")],
                endpoint: PartnerEndpoint(baseURL: "https://partner.invalid"))
        ])
        gateway = Sample.gateway(
            own.identity, registry, catalog, settings: GatewaySettings(publicURL: "https://own.invalid"),
            store: try SQLiteStore(path: "\(folder)/\(algorithm)-\(size).sqlite"))
    }

    /// Another gateway of the same party.
    func gateway(settings: GatewaySettings, store: any MessageStore) -> Gateway {
        Sample.gateway(own.identity, registry, catalog, settings: settings, store: store)
    }

    private static func gateway(
        _ identity: SigningIdentity, _ registry: PartnerRegistry, _ catalog: Catalog, settings: GatewaySettings, store: any MessageStore
    ) -> Gateway {
        Gateway(
            administration: Administration(country: "VN", agency: "General Department of Viet Nam Customs"),
            identities: SigningIdentities(identity),
            partners: registry, catalog: catalog, store: store, settings: settings,
            logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The example with a message id of its own, its goods items repeated or dropped until the Body has about the size.
    func dataset() throws -> Dataset {
        var message = example
        message["functionalReferenceId"] = LocalID.make()
        message["id"] = LocalID.make()
        if size < 10_000 {
            for name in ["attachments", "thirdPartyInvoice", "communications", "declaration", "certification"] { message[name] = nil }
        }
        let items = message["goodsItems"] as? [[String: Any]] ?? []
        let wanted = max(1, (size - 2300) / 720)
        message["goodsItems"] = (0..<wanted).map { index in
            var item = items[index % items.count]
            item["sequence"] = index + 1
            return item
        }
        return try Dataset(json: Array(JSONSerialization.data(withJSONObject: message)), as: menu.message("SendCO"))
    }

    func request(_ dataset: Dataset) async throws -> [UInt8] {
        try await partner.identity.sign(OutgoingEnvelope(version: .v12, content: dataset.xml, form: .canonical), created: .now).bytes
    }

    /// Messages that nobody has seen yet.
    func requests(_ count: Int) async throws -> [InboundRequest] {
        var requests: [InboundRequest] = []
        for _ in 0..<count { requests.append(inbound(try await request(dataset()))) }
        return requests
    }

    func inbound(_ bytes: [UInt8]) -> InboundRequest {
        InboundRequest(bytes: bytes, operation: "send-co", mediaVersion: .v12, action: nil, peer: "", correlationID: LocalID.make())
    }

    /// A message with the values of its signature taken out, as xmlsec's templates have it.
    static func template(_ message: [UInt8]) -> [UInt8] {
        var text = String(decoding: message, as: UTF8.self)
        for tag in ["ds:DigestValue", "ds:SignatureValue"] {
            text = text.replacing(try! Regex("<\(tag)>[^<]*</\(tag)>"), with: "<\(tag)></\(tag)>")
        }
        return Array(text.utf8)
    }
}
