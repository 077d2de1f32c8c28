internal import Datasets
internal import Exchanges
internal import Foundation
internal import SOAP
internal import Trust

/// The folder of partners: one YAML file each, named for the partner.
struct PartnerFiles {
    private(set) var partners: [Partner] = []
    private(set) var problems: [ConfigurationProblem] = []

    init(folder: String, environment: GatewayConfiguration.Environment) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
        } catch {
            problems.append(
                ConfigurationProblem(
                    "the folder of partners cannot be read", at: folder, help: "make it, with one YAML file for each partner"))
            return
        }
        for name in names {
            let file = SettingsFile(path: folder + "/" + name)
            if let partner = PartnerFiles.partner(file, name: String(name.dropLast(5)), environment: environment) {
                partners.append(partner)
            }
            problems += file.problems
        }
        noteSharedCertificates()
    }

    /// One certificate with two owners would leave open who signed.
    private mutating func noteSharedCertificates() {
        var owners: [[UInt8]: String] = [:]
        for pin in partners.flatMap(\.certificates) {
            if let other = owners.updateValue(pin.owner, forKey: pin.certificate.der), other != pin.owner {
                problems.append(ConfigurationProblem("the certificate belongs to \(other) too", at: pin.origin))
            }
        }
    }

    private static func partner(
        _ file: SettingsFile, name: String, environment: GatewayConfiguration.Environment
    ) -> Partner? {
        let administration = Administration(
            country: file.required("administration.country"), agency: file.required("administration.agency"))
        let roles: [GatewayRole] = file.choices("roles", help: "list our roles toward this partner: inbound-gateway, outbound-gateway")
        let pins = certificates(file, owner: name)
        let endpoint = endpoint(file, environment: environment)
        file.refuseUnknown()
        guard file.problems.isEmpty else { return nil }
        return Partner(name: name, administration: administration, roles: Set(roles), certificates: pins, endpoint: endpoint)
    }

    private static func certificates(_ file: SettingsFile, owner: String) -> [PinnedCertificate] {
        let paths = file.list("certificates")
        if paths.isEmpty {
            file.note("certificates is missing", help: "list the PEM files of the certificates that the partner signs with")
        }
        return paths.compactMap { path in
            do {
                return PinnedCertificate(try loadCertificate(file.resolve(path)), owner: owner, origin: file.resolve(path))
            } catch {
                file.note("\(error)", key: "certificates")
                return nil
            }
        }
    }

    /// `https://{environment}.coconect.{domain}` unless the file overrides host, port or path with a URL of its own.
    private static func endpoint(_ file: SettingsFile, environment: GatewayConfiguration.Environment) -> PartnerEndpoint {
        let domain = file.text("domain")
        let url = file.text("endpoint.url") ?? domain.map { "https://\(environment.rawValue).coconect.\($0)" } ?? ""
        if url.isEmpty {
            file.note("neither domain nor endpoint.url is set", help: "set domain, such as customs.go.kr; endpoint.url overrides it")
        }
        return PartnerEndpoint(
            baseURL: url.hasSuffix("/") ? String(url.dropLast()) : url, soapVersion: file.choice("endpoint.soapVersion", or: .v12),
            addressing: file.choice("endpoint.addressing", or: .on), tries: file.number("endpoint.tries", or: 12, in: 1...1000),
            timeout: file.number("endpoint.timeout", or: 30, in: 1...600))
    }
}
