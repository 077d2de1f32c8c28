internal import Datasets
internal import Exchanges
internal import SOAP
internal import Server
internal import Trust
internal import WSSecurity
internal import XML
internal import XMLSignature

/// One partner's file.
struct PartnerFile {
    let name: String
    /// Our end of the connections to it, where the file has something of its own.
    let connection: ConnectionTLS?
    let file: SettingsFile
    let agreements: String?
    private let keys: [KeyKind]
    private let environment: GatewayEnvironment
    private let common: SecurityPolicy
    private let evidence: RevocationEvidence

    init(
        _ file: SettingsFile, name: String, agreements: String?, environment: GatewayEnvironment, common: SecurityPolicy,
        evidence: RevocationEvidence, keys: [KeyKind], tls: TLSMaterial?
    ) {
        self.file = file
        self.agreements = agreements
        self.keys = keys
        connection = file.has("endpoint.tls") ? MaterialLoader(file).partnerTLS("endpoint.tls", or: tls) : nil
        self.name = name
        self.environment = environment
        self.common = common
        self.evidence = evidence
    }

    var problems: [ConfigurationProblem] { file.problems }

    func partner() -> Partner? {
        let administration = Administration(
            country: file.required("administration.country"), agency: file.required("administration.agency"))
        let standing = file.choice("standing", or: Partner.Standing.active)
        let roles: [GatewayRole] = file.choices("roles", help: "list our roles toward this partner: inbound-gateway, outbound-gateway")
        let grants = grants()
        let pins = certificates()
        let authorities = AuthorityFiles(file, owner: name, environment: environment, evidence: evidence).authorities()
        if pins.isEmpty, authorities.isEmpty, file.problems.isEmpty {
            file.note(
                "neither certificates nor authorities is set",
                help: "list the PEM files of the certificates that the partner signs with, or the authority that issues them")
        }
        let (policy, client, limits) = (policy(), client(), limits())
        let style = StyleSettings(file, keys: keys)
        let (endpoint, answers, catalog) = (endpoint(style.requests()), style.answers(), catalog())
        if case .unbound = client, file.has("limits") {
            file.note(
                "limits holds only for a partner that is known by its connection", key: "limits.requestsPerMinute",
                help: "bind the partner to its TLS client certificate (client.certificates), or set the limits of all peers under soap")
        }
        file.refuseUnknown()
        guard file.problems.isEmpty else { return nil }
        return Partner(
            name: name, administration: administration, standing: standing, roles: Set(roles), grants: grants, certificates: pins,
            authorities: authorities, policy: policy, client: client, limits: limits, endpoint: endpoint, answers: answers,
            catalog: catalog)
    }

    private func grants() -> Grants {
        let operations: [Operation]? =
            file.isSet("operations")
            ? file.choices("operations", help: "list the operations that are granted, or leave operations out") : nil
        let agreements = file.isSet("agreements") ? Set(file.list("agreements")) : nil
        if agreements?.isEmpty == true {
            file.note(
                "agreements is empty, which grants none", key: "agreements", help: "list the agreements that are granted, or leave it out")
        }
        return Grants(operations: operations.map(Set.init), agreements: agreements)
    }

    private func certificates() -> [PinnedCertificate] {
        file.entries("certificates").compactMap { entry in
            let path = file.text(entry) ?? file.required(entry + ".file")
            let window = PinnedCertificate.Window(
                from: file.moment(entry + ".from", of: .first), until: file.moment(entry + ".until", of: .last))
            if let from = window.from, let until = window.until, until <= from {
                file.note("until is not after from", key: entry + ".until")
            }
            guard !path.isEmpty, let certificate = certificate(path, entry) else { return nil }
            return PinnedCertificate(certificate, owner: name, origin: file.resolve(path), window: window)
        }
    }

    private func certificate(_ path: String, _ key: String) -> Certificate? {
        do {
            let certificates = try loadCertificates(file.resolve(path))
            if certificates.count > 1 {
                file.note("\(path) holds \(certificates.count) certificates", key: key, help: "give each certificate a file of its own")
            }
            let certificate = certificates[0]
            environment.check(certificate, file, key: key)
            return certificate
        } catch {
            file.note("\(error)", key: key)
            return nil
        }
    }

    /// Where the file says nothing about security, what holds for all holds here.
    private func policy() -> SecurityPolicy? {
        guard file.has("security") else { return nil }
        var policy = common
        let ceiling = SignaturePolicy.ceiling
        if file.isSet("security.algorithms") {
            let known = SignatureAlgorithm.allCases.filter { $0 != .rsaSHA1 }
            let titles = known.map(\.title)
            var chosen: Set<SignatureAlgorithm> = []
            for title in file.list("security.algorithms") {
                guard let algorithm = known.first(where: { $0.title == title }) else {
                    file.note(
                        "security.algorithms has '\(title)'", key: "security.algorithms", help: "known: \(titles.joined(separator: ", "))")
                    continue
                }
                chosen.insert(algorithm)
            }
            policy.signature.signatureAlgorithms = chosen
        }
        policy.signature.references = file.number("security.references", or: policy.signature.references, in: 2...ceiling.references)
        policy.signature.prefixes = file.number("security.prefixes", or: policy.signature.prefixes, in: 0...ceiling.prefixes)
        policy.sha1Until = file.moment("security.sha1Until", of: .last)
        policy.clockTolerance = file.number("security.clockTolerance", or: policy.clockTolerance, in: 0...3600)
        policy.maximumAge = file.number("security.maximumAge", or: policy.maximumAge, in: 10...86_400)
        return policy
    }

    private func client() -> ClientBinding {
        let certificates = file.list("client.certificates").compactMap { certificate($0, "client.certificates") }
        let subject = file.name("client.subject")
        guard !certificates.isEmpty || subject != nil else {
            if file.isSet("client.certificates") {
                file.note(
                    "client.certificates holds no certificate", key: "client.certificates", help: "list the PEM files, or leave client out")
            }
            return .unbound
        }
        return .bound(certificates: certificates, subject: subject)
    }

    private func limits() -> PartnerLimits {
        func limit(_ limit: Limit) -> Int {
            file.number(limit.key.replacing("soap.", with: "limits.", maxReplacements: 1), or: limit.standard, in: limit.range)
        }
        return PartnerLimits(
            requestsPerMinute: limit(.requestsPerMinute), concurrentRequests: limit(.concurrentRequests), connections: limit(.connections))
    }

    /// `https://{environment}.coconect.{domain}` unless the file overrides host, port or path with a URL of its own.
    private func endpoint(_ style: RequestStyle) -> PartnerEndpoint {
        let domain = file.text("domain")
        let url = file.text("endpoint.url") ?? domain.map { "https://\(environment.rawValue).coconect.\($0)" } ?? ""
        if url.isEmpty {
            file.note("neither domain nor endpoint.url is set", help: "set domain, such as customs.go.kr; endpoint.url overrides it")
        }
        environment.check(url: url, file, key: "endpoint.url")
        let tries = file.isSet("endpoint.tries") ? file.number("endpoint.tries", or: 12, in: 1...1000) : nil
        return PartnerEndpoint(
            baseURL: withoutSlash(url), paths: paths(), style: style, tries: tries, alternative: alternative(),
            timeout: file.number("endpoint.timeout", or: 30, in: 1...600))
    }

    private func paths() -> [Operation: String] {
        var paths: [Operation: String] = [:]
        for operation in Operation.allCases {
            let key = "endpoint.paths.\(operation.rawValue)"
            guard let path = file.text(key) else { continue }
            if !path.hasPrefix("/") { file.note("\(key) is '\(path)'", key: key, help: "a path starts with a slash, such as /services/CO") }
            if !path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
                file.note("\(key) is '\(path)', which is no path of an address", key: key, help: "write a space as %20")
            }
            paths[operation] = path
        }
        return paths
    }

    private func alternative() -> PartnerEndpoint.Channel? {
        let tries = file.number("endpoint.alternative.tries", or: 12, in: 1...1000)
        guard let url = file.text("endpoint.alternative.url") else {
            if file.isSet("endpoint.alternative.tries") {
                file.note("endpoint.alternative names no url", key: "endpoint.alternative", help: "add url, or leave it out")
            }
            return nil
        }
        environment.check(url: url, file, key: "endpoint.alternative.url")
        return PartnerEndpoint.Channel(baseURL: withoutSlash(url), tries: tries)
    }

    private func withoutSlash(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }
}
