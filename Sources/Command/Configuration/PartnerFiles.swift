internal import Datasets
internal import Exchanges
internal import Foundation
internal import SOAP
internal import Server
internal import Trust
internal import WSSecurity
internal import XML
internal import XMLSignature

/// The folder of partners: one YAML file each, named for the partner.
struct PartnerFiles {
    private(set) var partners: [Partner] = []
    /// Of partners whose connections are not as all others'.
    private(set) var connections: [String: ConnectionTLS] = [:]
    private(set) var problems: [ConfigurationProblem] = []

    /// - Parameters:
    ///   - policy: what messages must fulfil where a partner's file says nothing else.
    ///   - evidence: takes the revocation lists that are files.
    ///   - agreements: the folder of a deployment's own, for partners whose WSDL has other words.
    ///   - keys: of our own identities, which must fit what partners want.
    ///   - tls: our end of the connections to partners that have nothing else.
    init(
        folder: String, agreements: String?, environment: GatewayEnvironment, policy: SecurityPolicy, evidence: RevocationEvidence,
        keys: [KeyKind], tls: TLSMaterial?
    ) {
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
            let file = PartnerFile(
                SettingsFile(path: folder + "/" + name), name: String(name.dropLast(5)), agreements: agreements, environment: environment,
                common: policy, evidence: evidence, keys: keys, tls: tls)
            if let partner = file.partner() { partners.append(partner) }
            connections[file.name] = file.connection
            problems += file.problems
        }
        noteSharedCertificates()
    }

    /// Grants of agreements that do not exist grant nothing.
    func unknownAgreements(_ catalog: Catalog) -> [ConfigurationProblem] {
        let known = catalog.agreements.keys.sorted()
        return partners.flatMap { partner in
            (partner.grants.agreements ?? []).filter { !known.contains($0) }.map { code in
                let near = code.nearest(in: known, within: 3).first.map { "did you mean \($0)? " } ?? ""
                return ConfigurationProblem(
                    "\(partner.name) is granted the agreement \(code), which is not known", at: "partners/\(partner.name).yaml",
                    help: near + "known: \(known.joined(separator: ", "))")
            }
        }
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
}
