internal import Datasets
internal import Exchanges
internal import Foundation
internal import Logging
internal import Server
internal import Trust
internal import WSSecurity
internal import XML

private enum Switch: String, CaseIterable { case on, off }

/// Everything that `serve` needs, loaded and checked: keys parsed, certificates read, partners known.
struct GatewayConfiguration {
    let environment: GatewayEnvironment
    let administration: Administration
    let identities: SigningIdentities
    let partners: PartnerRegistry
    let settings: GatewaySettings
    let soap: ListenerSettings
    let api: ListenerSettings
    let partnerTLS: TLSMaterial?
    let insideURL: String?
    let store: StoreSettings
    let logLevel: Logger.Level
    let logFormat: ReportFormat
    let workThreads: Int
    let workLimit: Int
    let catalog: Catalog
    /// Of a deployment's own agreements.
    let agreementsFolder: String?

    /// - Throws: `ConfigurationError` with every problem of the file, of the partners' files and of what they name.
    init(path: String, environment variables: [String: String] = ProcessInfo.processInfo.environment) throws(ConfigurationError) {
        let evidence = RevocationEvidence()
        let file = SettingsFile(path: path, environment: variables.filter { $0.key.hasPrefix("COCONECT_") })
        environment = file.choice("environment", or: .dev)
        administration = Administration(country: file.required("administration.country"), agency: file.required("administration.agency"))
        let loader = MaterialLoader(file)
        let identities = IdentityFiles(file, environment: environment).identities()
        soap = loader.soapListener()
        api = loader.listener("api", host: "127.0.0.1", port: 8080)
        partnerTLS = file.has("partnerTLS") ? loader.tls("partnerTLS") : nil
        insideURL = file.text("inside.url")
        store = StoreSettings(file)
        logLevel = file.choice("log.level", or: .info)
        logFormat = file.choice("log.format", or: .text)
        workThreads = file.number("work.threads", or: ProcessInfo.processInfo.activeProcessorCount, in: 1...256)
        workLimit = file.limit(.work)
        let policy = SecurityPolicy(
            clockTolerance: file.limit(.clockTolerance), maximumAge: file.limit(.maximumAge),
            secondEngine: file.choice("security.secondEngine", or: Switch.off) == .on ? .asked : .notAsked)
        settings = GatewaySettings(
            publicURL: GatewayConfiguration.publicURL(file), policy: policy,
            limits: GatewayConfiguration.xmlLimits(file, bytes: soap.maximumBody),
            delivery: insideURL == nil ? .inbox : .push,
            signedFaultsPerSecond: file.limit(.signedFaultsPerSecond), notedRefusalsPerSecond: file.limit(.notedRefusalsPerSecond))
        let folder = file.resolve(file.text("partners", or: "partners"))
        agreementsFolder = file.text("agreements").map(file.resolve)
        file.refuseUnknown()
        environment.check(url: settings.publicURL, file, key: "publicURL")
        let partners = PartnerFiles(folder: folder, environment: environment, policy: policy, evidence: evidence)
        let catalog: Catalog?
        do {
            catalog = try Command.catalog(agreementsFolder)
        } catch let error as CatalogError {
            catalog = nil
            for problem in error.problems { file.note(problem.description, at: agreementsFolder ?? "agreements") }
        } catch {
            catalog = nil
            file.note("the agreements cannot be read: \(error)", key: "agreements")
        }
        let unknown = catalog.map { partners.unknownAgreements($0) } ?? []
        let problems = file.problems + partners.problems + unknown
        guard problems.isEmpty, let identities, let catalog else { throw ConfigurationError(problems: problems) }
        self.identities = identities
        self.catalog = catalog
        self.partners = PartnerRegistry(partners.partners, evidence: evidence, environment: environment.rawValue)
    }

    private static func xmlLimits(_ file: SettingsFile, bytes: Int) -> XMLLimits {
        XMLLimits(
            bytes: bytes, depth: file.limit(.depth), elements: file.limit(.elements), attributes: file.limit(.attributes),
            namespaceDeclarations: file.limit(.namespaceDeclarations), namespacesInScope: file.limit(.namespacesInScope),
            distinctNames: file.limit(.distinctNames), namespaceURI: file.limit(.namespaceURI), startTag: file.limit(.startTag),
            text: file.limit(.text))
    }

    private static func publicURL(_ file: SettingsFile) -> String {
        let text = file.required("publicURL")
        guard text.isEmpty || (URL(string: text)?.host != nil && !text.hasSuffix("/")) else {
            file.note("publicURL is '\(text)'", key: "publicURL", help: "give it as https://host[:port][/path], without a slash at the end")
            return text
        }
        return text
    }
}

/// Reads keys, certificates and listeners that settings name, noting what does not load.
struct MaterialLoader {
    private let file: SettingsFile

    init(_ file: SettingsFile) {
        self.file = file
    }

    /// Partners' listener: the only one that may stand behind a proxy, and that counts what a peer asks for.
    func soapListener() -> ListenerSettings {
        let proxy = proxy("soap.proxy")
        if proxy != nil, file.has("soap.tls") {
            file.note("soap has both tls and proxy", key: "soap.proxy.addresses", help: "TLS ends either here or at the proxy")
        }
        var settings = listener("soap", host: "0.0.0.0", port: 8443, proxy: proxy)
        settings.peerLimits = PartnerLimits(
            requestsPerMinute: file.limit(.requestsPerMinute), concurrentRequests: file.limit(.concurrentRequests),
            connections: file.limit(.connections))
        settings.drainSeconds = file.limit(.drainSeconds)
        settings.gzip = file.choice("soap.gzip", or: Switch.off) == .on ? file.limit(.gzipRatio) : nil
        return settings
    }

    func listener(_ name: String, host: String, port: Int, proxy: TLSProxy? = nil) -> ListenerSettings {
        let host = file.text("\(name).host", or: host)
        let tls = file.has("\(name).tls") ? tls("\(name).tls")?.server : nil
        if !file.has("\(name).tls"), proxy == nil, !["127.0.0.1", "::1", "localhost"].contains(host) {
            let orProxy = name == "soap" ? ", or name the proxy where TLS ends (soap.proxy.addresses)" : ""
            file.note(
                "\(name) would speak plain HTTP on \(host)", key: "\(name).host",
                help: "give \(name).tls.certificate, .key and .anchors\(orProxy), or listen on 127.0.0.1")
        }
        func limit(_ limit: Limit) -> Int { file.number("\(name).\(limit.key)", or: limit.standard, in: limit.range) }
        return ListenerSettings(
            host: host, port: file.number("\(name).port", or: port, in: 1...65535), tls: tls, proxy: proxy,
            maximumBody: limit(.maximumBody), bodySeconds: limit(.bodySeconds), maximumConnections: limit(.maximumConnections),
            headSeconds: limit(.headSeconds), headerBytes: limit(.headerBytes),
            answerSeconds: limit(.answerSeconds), idleSeconds: limit(.idleSeconds))
    }

    private func proxy(_ name: String) -> TLSProxy? {
        guard file.has(name) else { return nil }
        let addresses = file.list("\(name).addresses")
        if addresses.isEmpty {
            file.note("\(name).addresses is missing", help: "list the addresses that the proxy connects from; others are turned away")
        }
        return TLSProxy(addresses: Set(addresses), certificateHeader: file.text("\(name).certificateHeader", or: "X-Client-Certificate"))
    }

    func tls(_ name: String) -> TLSMaterial? {
        let paths = ["certificate", "key", "anchors"].map { file.required("\(name).\($0)") }
        guard !paths.contains("") else { return nil }
        for path in paths where !FileManager.default.isReadableFile(atPath: file.resolve(path)) {
            file.note("\(file.resolve(path)) cannot be read", at: file.path + " (\(name))")
            return nil
        }
        do {
            let certificate = try loadCertificate(file.resolve(paths[0]))
            guard try loadPrivateKey(file.resolve(paths[1])).matches(certificate.publicKey) else {
                file.note(
                    "\(file.resolve(paths[1])) is not the key of \(file.resolve(paths[0]))", at: file.path + " (\(name))",
                    help: "give the certificate and the key that were made together")
                return nil
            }
            return try TLSMaterial(
                certificateFile: file.resolve(paths[0]), keyFile: file.resolve(paths[1]), anchorsFile: file.resolve(paths[2]))
        } catch {
            file.note("the TLS files of \(name) do not load: \(error)", at: file.path + " (\(name))")
            return nil
        }
    }
}
