internal import ArgumentParser
internal import Contracts
internal import Exchanges
internal import Foundation
internal import PartnerKit
internal import Trust
internal import XML
internal import XMLSignature

struct MakePartnerKit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partner-kit",
        abstract: "Write one archive with all that a partner needs to connect.",
        discussion: """
            Contracts with the gateway's address, samples signed with test keys, clients for six toolkits that run as they stand, our signing
            certificates, what is expected of the partner and how it is answered and called, rules and limits. No key of ours is in it.

            EXAMPLE
              coconect-soap partner-kit --for korea --out korea-kit.zip --config gateway.yaml
            """)

    @Option(name: .customLong("for"), help: "Name of the partner's file.")
    var partner: String

    @Option(help: "The archive; PARTNER-kit.zip if left out.")
    var out: String?

    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "gateway.yaml"

    @Flag(help: "Overwrite a file that is there.")
    var force = false

    func run() async throws {
        let configuration = try loadConfiguration(config)
        guard let partner = configuration.partners[partner] else {
            throw CommandError(
                "no partner is named \(partner)", place: "--for",
                help: "known: \(configuration.partners.partners.keys.sorted().joined(separator: ", "))")
        }
        let path = out ?? "\(partner.name)-kit.zip"
        guard force || !FileManager.default.fileExists(atPath: path) else {
            throw CommandError(
                "the file is there already; nothing was changed", place: path, help: "choose another name, or give --force")
        }
        let kit = PartnerKit(try facts(configuration, partner), pages: ReferencePages.files)
        let archive = try await kit.archive()
        try writeFile(archive, to: path)
        output("wrote \(path): \(archive.count) bytes, for \(partner.administration)")
    }

    private func facts(_ configuration: GatewayConfiguration, _ partner: Partner) throws -> KitFacts {
        let now = XMLDateTime.now
        return KitFacts(
            partner: partner, administration: configuration.administration, publicURL: configuration.settings.publicURL,
            environment: configuration.environment.rawValue, hasEcho: configuration.settings.echo, catalog: configuration.catalog,
            policy: configuration.settings.policy,
            certificates: configuration.identities.pins.map(\.certificate).filter { $0.notAfter > now },
            tlsAuthority: configuration.listenerAuthority,
            testPartner: try testIdentity("\(partner.administration.agency), test key of the kit"),
            testGateway: try testIdentity("\(configuration.administration.agency), test key of the kit"))
    }

    /// Good for samples alone: nobody has it registered.
    private func testIdentity(_ subject: String) throws -> KitFacts.TestIdentity {
        let made = try IdentityMaker(subject: subject).make()
        let identity = try SigningIdentity(certificate: Certificate(pem: made.certificatePEM), key: PrivateKey(pem: made.keyPEM))
        return KitFacts.TestIdentity(identity, certificatePEM: made.certificatePEM, keyPEM: made.keyPEM)
    }
}
