internal import Datasets
internal import Exchanges
internal import Foundation
internal import Logging
internal import Server
internal import Trust
internal import WSSecurity
internal import XML

/// Everything that `serve` needs, loaded and checked: keys parsed, certificates read, partners known.
struct GatewayConfiguration {
    let environment: GatewayEnvironment
    let administration: Administration
    let identities: SigningIdentities
    let partners: PartnerRegistry
    let settings: GatewaySettings
    let soap: ListenerSettings
    let api: ListenerSettings
    /// Who issued our listener's certificate, where that is among the authorities that it trusts itself.
    let listenerAuthority: Certificate?
    let connections: PartnerConnections
    let insideURL: String?
    let store: StoreSettings
    let seal: SealSettings
    let console: ConsoleSettings
    let logLevel: Logger.Level
    let logFormat: ReportFormat
    let workThreads: Int
    let workLimit: Int
    let catalog: Catalog
    /// Of a deployment's own agreements.
    let agreementsFolder: String?

    /// - Throws: `ConfigurationError` with every problem of the file, of the partners' files and of what they name.
    ///
    /// - Parameter atWork: the identities of a gateway that runs, by which partners are judged in a reload; `nil` for those of the file.
    init(
        path: String, environment variables: [String: String] = ProcessInfo.processInfo.environment, atWork: SigningIdentities? = nil
    ) throws(ConfigurationError) {
        let evidence = RevocationEvidence()
        let file = SettingsFile(path: path, environment: variables.filter { $0.key.hasPrefix("COCONECT_") })
        environment = file.choice("environment", or: .dev)
        administration = Administration(country: file.required("administration.country"), agency: file.required("administration.agency"))
        let loader = MaterialLoader(file)
        let identities = IdentityFiles(file, environment: environment).identities()
        soap = loader.soapListener()
        listenerAuthority = loader.authority("soap.tls")
        api = loader.listener("api", host: "127.0.0.1", port: 8080)
        let partnerTLS = file.has("partnerTLS") ? loader.tls("partnerTLS") : nil
        insideURL = file.text("inside.url")
        store = StoreSettings(file)
        seal = file.sealSettings()
        console = file.consoleSettings(isOpen: environment == .dev && file.isSet("environment"))
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
            signedFaultsPerSecond: file.limit(.signedFaultsPerSecond), notedRefusalsPerSecond: file.limit(.notedRefusalsPerSecond),
            echo: GatewayConfiguration.hasEcho(file, environment))
        let folder = file.resolve(file.text("partners", or: "partners"))
        agreementsFolder = file.text("agreements").map(file.resolve)
        file.refuseUnknown()
        environment.check(url: settings.publicURL, file, key: "publicURL")
        let partners = PartnerFiles(
            folder: folder, agreements: agreementsFolder, environment: environment, policy: policy, evidence: evidence,
            keys: (atWork ?? identities)?.all.map(\.identity.signer.kind) ?? [], tls: partnerTLS)
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
        connections = PartnerConnections(common: partnerTLS?.client, own: partners.connections)
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

    /// Only where it is said that this is no production.
    private static func hasEcho(_ file: SettingsFile, _ environment: GatewayEnvironment) -> Bool {
        let isOn = file.isOn("soap.echo", or: environment != .prod && file.isSet("environment"))
        if isOn, environment == .prod {
            file.note("soap.echo is on, but this gateway is prod", key: "soap.echo", help: "examine messages at a gateway of dev or test")
        }
        return isOn
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
