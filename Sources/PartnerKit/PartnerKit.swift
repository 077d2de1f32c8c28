internal import Contracts
internal import Datasets
internal import Exchanges
internal import SOAP
internal import Trust
internal import XML
internal import ZIP

/// One archive with all that a partner needs to connect: contracts, samples, clients that run as they stand, our certificates.
public struct PartnerKit: Sendable {
    private let facts: KitFacts
    /// The pages that the program writes of itself.
    private let pages: [(name: String, bytes: [UInt8])]

    /// - Parameter pages: rules and limits.
    public init(_ facts: KitFacts, pages: [(name: String, bytes: [UInt8])]) {
        self.facts = facts
        self.pages = pages
    }

    /// A ZIP archive; its files lie in one folder each kind, none above them.
    public func archive() async throws -> [UInt8] {
        var archive = ZIPWriter()
        for (path, bytes) in try await files() { archive.add(path, bytes, isExecutable: path.hasSuffix(".sh")) }
        return archive.archive
    }

    private func files() async throws -> [(path: String, bytes: [UInt8])] {
        let samples = try await KitSamples(facts).files()
        let datasets = Dictionary(
            facts.called.compactMap { operation in
                samples.first { $0.path == "samples/\(operation.name).xml" }.map { (operation.name, $0.bytes) }
            }, uniquingKeysWith: { first, _ in first })
        var files = [("README.md", KitReadme(facts).bytes), ("kit.properties", properties)]
        files += contracts + samples + pages.map { ($0.name, $0.bytes) }
        files += ClientRecipes.files.map { ("clients/" + $0.path, $0.bytes) }
        files.append(("soapui-project.xml", SoapUIProject(facts, samples: datasets).bytes))
        files.append(("certificates/gateway.pem", facts.certificates.flatMap(\.pem)))
        if let authority = facts.tlsAuthority { files.append(("certificates/tls-anchors.pem", authority.pem)) }
        files += [
            ("keys/test-partner.pem", facts.testPartner.certificatePEM), ("keys/test-partner.key", facts.testPartner.keyPEM),
            ("keys/test-gateway.pem", facts.testGateway.certificatePEM),
        ]
        return files
    }

    /// The menu's, and those of the agreements that are granted.
    private var contracts: [(String, [UInt8])] {
        let granted = facts.partner.grants.agreements ?? Set(facts.catalog.agreements.keys)
        let menus = [facts.catalog.menu] + granted.sorted().compactMap { facts.catalog.agreements[$0] }
        return menus.flatMap { menu in
            let folder = "wsdl/" + (menu.agreement.map { "agreements/\($0.code)/" } ?? "")
            return ContractFiles(menu, baseURL: facts.publicURL).files.map { (folder + $0.name, $0.bytes) }
        }
            + (facts.hasEcho ? [("wsdl/" + EchoSchema.fileName, EchoSchema.bytes)] : [])
    }

    private var properties: [UInt8] {
        let lines = [
            "# Read by the clients. Paths are relative to this file; a variable KIT_ENDPOINT goes before ENDPOINT, and so on.",
            "ENDPOINT=\(facts.publicURL)", "SOAP_VERSION=\(facts.partner.endpoint.style.soapVersion.rawValue)",
            "# Your keys: PEM, not encrypted.", "SIGNING_KEY=keys/signing.key", "SIGNING_CERTIFICATE=keys/signing.pem",
            "TLS_KEY=keys/tls.key", "TLS_CERTIFICATE=keys/tls.pem",
            "# The authority of the gateway's TLS certificate.", "TLS_ANCHORS=certificates/tls-anchors.pem",
            "# What the gateway signs its answers with; one or several.", "GATEWAY_CERTIFICATES=certificates/gateway.pem",
        ]
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
