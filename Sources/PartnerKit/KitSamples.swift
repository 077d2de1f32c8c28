internal import Datasets
internal import Exchanges
internal import Foundation
internal import Logging
internal import SOAP
internal import Stores
internal import Trust
internal import WSSecurity
internal import XML

/// A message of each operation that the partner may call, from it to us: as dataset, as signed request, and what a gateway answered to it.
/// The keys are the kit's test keys; the gateway is a real one, in memory.
struct KitSamples {
    private let facts: KitFacts
    private let gateway: Gateway

    init(_ facts: KitFacts) {
        self.facts = facts
        let partner = Partner(
            name: facts.partner.name, administration: facts.partner.administration, roles: Set(GatewayRole.allCases),
            certificates: [
                PinnedCertificate(facts.testPartner.identity.certificate, owner: facts.partner.name, origin: "the kit's test key")
            ], endpoint: PartnerEndpoint(baseURL: facts.partner.endpoint.baseURL), answers: facts.partner.answers.withoutAlgorithm)
        gateway = Gateway(
            administration: facts.administration, identities: SigningIdentities(facts.testGateway.identity),
            partners: PartnerRegistry([partner]), catalog: facts.catalog, store: MemoryStore(),
            settings: GatewaySettings(publicURL: facts.publicURL), logger: Logger(label: "kit") { _ in SwiftLogNoOpLogHandler() })
    }

    func files() async throws -> [(path: String, bytes: [UInt8])] {
        var files: [(path: String, bytes: [UInt8])] = []
        for operation in facts.called {
            let dataset = try dataset(operation)
            let request = try await sign(dataset, operation)
            try await knowCertificate(of: dataset)
            let answer = await gateway.receive(request)
            let name = "samples/\(operation.name)"
            files += [
                (name + ".json", dataset.json()), (name + ".xml", dataset.xml), (name + ".request.xml", request.bytes),
                (name + ".response.xml", answer.bytes),
            ]
        }
        if let refused = try await refusal() { files.append(("samples/fault.xml", refused)) }
        return files
    }

    /// The normative sample, from this partner to us.
    private func dataset(_ operation: MenuOperation) throws -> Dataset {
        let sample = KitSamples.samples[operation.name] ?? []
        guard var message = try JSONSerialization.jsonObject(with: Data(sample)) as? [String: Any] else {
            throw CocoaError(.coderReadCorrupt)
        }
        message["sender"] = ["country": facts.partner.administration.country, "agency": facts.partner.administration.agency]
        message["receiver"] = ["country": facts.administration.country, "agency": facts.administration.agency]
        message["functionalReferenceId"] = LocalID.make()
        let json = Array(try JSONSerialization.data(withJSONObject: message))
        return try facts.catalog.dataset(json: json, as: operation.request.xml.local)
    }

    private func sign(_ dataset: Dataset, _ operation: MenuOperation) async throws -> InboundRequest {
        let version = facts.partner.endpoint.style.soapVersion
        let envelope = OutgoingEnvelope(version: version, content: dataset.xml, form: .canonical)
        let signed = try await facts.testPartner.identity.sign(envelope, created: .now)
        return InboundRequest(
            bytes: signed.bytes, operation: operation.name, mediaVersion: version, action: nil, peer: "kit", correlationID: LocalID.make())
    }

    /// Feedback and cancelation status are about a certificate that was sent.
    private func knowCertificate(of dataset: Dataset) async throws {
        let key = CertificateKey(partner: facts.partner.name, side: .outbound, number: dataset.text("id") ?? "")
        try await gateway.store.write { transaction in
            var certificate = try transaction.lockCertificate(key, at: XMLDateTime.now.text)
            certificate.state = "issued"
            try transaction.update(certificate)
        }
    }

    /// What a broken dataset is answered with.
    private func refusal() async throws -> [UInt8]? {
        guard let operation = facts.called.first else { return nil }
        let xml = String(decoding: try dataset(operation).xml, as: UTF8.self)
            .replacing(#/<DatasetVersion>[^<]*</DatasetVersion>/#, with: "<DatasetVersion>0.9</DatasetVersion>")
        let version = facts.partner.endpoint.style.soapVersion
        let envelope = OutgoingEnvelope(version: version, content: Array(xml.utf8), form: .canonical)
        let signed = try await facts.testPartner.identity.sign(envelope, created: .now)
        let request = InboundRequest(
            bytes: signed.bytes, operation: operation.name, mediaVersion: version, action: nil, peer: "kit", correlationID: LocalID.make())
        return await gateway.receive(request).bytes
    }

    private static let samples: [String: [UInt8]] = [
        "send-co": PackageResources.send_co_json, "send-amendment-notification": PackageResources.send_amendment_notification_json,
        "send-cancelation-status": PackageResources.send_cancelation_status_json, "send-feedback": PackageResources.send_feedback_json,
    ]
}

extension AnswerStyle {
    /// The test keys are RSA, whatever ours are.
    fileprivate var withoutAlgorithm: AnswerStyle {
        var style = self
        style.signing.algorithm = nil
        style.isPackaged = false
        return style
    }
}
