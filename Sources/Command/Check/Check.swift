internal import ArgumentParser
internal import Exchanges
internal import Stores
internal import Trust
internal import XML

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load all that serve would load and report every problem at once.",
        discussion: """
            Lists each partner's certificates with their windows, when each was last seen signing, and warns 60, 30 and 7 days before
            one ends that nothing succeeds. Run it before a reload (kill -HUP): a change that it refuses is refused there too.

            With --live it calls a partner: a TLS handshake, its WSDL, and to each operation that we may call a signed message that asks for
            nothing (its Body is no message of any operation, its action none of theirs). It tells what came back and what to do.

            EXAMPLES
              coconect-soap check --config gateway.yaml
              coconect-soap check --config gateway.yaml --partner korea --live
              coconect-soap check --config gateway.yaml --format json
            """)

    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "gateway.yaml"

    @Option(help: "text or json.")
    var format = ReportFormat.text

    @Option(help: "With --live: the partner that is called.")
    var partner: String?

    @Flag(help: "Call the partner's gateway, without effect, and tell what was found.")
    var live = false

    func validate() throws {
        guard live == (partner != nil) else { throw ValidationError("--live and --partner NAME go together.") }
    }

    func run() async throws {
        if live, let partner { return try await call(partner) }
        var report = CheckReport()
        do throws(ConfigurationError) {
            let configuration = try GatewayConfiguration(path: config)
            report.partners = configuration.partners.partners.keys.sorted()
            let seen = await signersSeen(configuration.store, &report)
            report.certificates = certificates(configuration, seen)
            report.revocationLists = revocationLists(configuration.partners.trust)
            report.authorities = authorities(configuration.partners.trust)
            for (location, issuer) in configuration.partners.trust.evidence.foreignLists {
                report.warnings.append(
                    ConfigurationProblem(
                        "the revocation list in the name of \(issuer) is not signed by a certificate of the authority", at: location,
                        help: "without a list of its own the authority's certificates count as unknown"))
            }
        } catch {
            report.problems = error.problems
        }
        report.judge()
        switch format {
        case .json: try output(json: report)
        case .text: output(report.text(config))
        }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }

    private func call(_ partner: String) async throws {
        let report = try await LiveCheck(loadConfiguration(config), partner: partner).report()
        switch format {
        case .json: try output(json: report)
        case .text: output(report.text)
        }
        if report.verdict != "good" { throw ExitCode(1) }
    }

    private func signersSeen(_ settings: StoreSettings, _ report: inout CheckReport) async -> [SignerSeen] {
        do {
            let store = try settings.connect(upgrade: .refused)
            return try await store.write { transaction in
                try transaction.checkWritable()
                return try transaction.signersSeen()
            }
        } catch let error as SchemaError where !error.isNewer {
            report.warnings.append(ConfigurationProblem("\(error); the gateway brings them there when it starts", at: settings.place))
        } catch {
            report.problems.append(ConfigurationProblem("the store cannot be written: \(error)", at: settings.place))
        }
        return []
    }

    private func certificates(_ configuration: GatewayConfiguration, _ seen: [SignerSeen]) -> [CheckReport.Certificate] {
        let pins = configuration.identities.pins + configuration.partners.trust.certificates
        return CertificateNotice.all(pins, at: .now).map { notice in
            let pin = pins.first { $0.certificate.fingerprint.hex == notice.fingerprint && $0.owner == notice.owner }
            let last = seen.first { $0.partner == notice.owner && $0.fingerprint == notice.fingerprint }?.lastAt
            return CheckReport.Certificate(notice, lastSeen: last, defect: pin.flatMap(defect))
        }
    }

    /// What keeps a certificate from ever signing; its time is looked at elsewhere.
    private func defect(_ pin: PinnedCertificate) -> String? {
        do throws(TrustError) {
            try pin.certificate.checkSigner(at: pin.certificate.notBefore)
            return nil
        } catch {
            return error.description
        }
    }

    private func authorities(_ trust: TrustStore) -> [CheckReport.Authority] {
        trust.authorities.flatMap { authority in
            (authority.anchors + authority.intermediates).map { certificate in
                CheckReport.Authority(
                    owner: authority.owner, subject: certificate.subject, until: certificate.notAfter.text,
                    daysLeft: Int((certificate.notAfter.seconds - XMLDateTime.now.seconds) / 86_400), file: authority.origin)
            }
        }
    }

    /// Lists that are files; those at URLs are fetched by the running gateway.
    private func revocationLists(_ trust: TrustStore) -> [CheckReport.List] {
        trust.evidence.lists.map { location, list, _ in
            CheckReport.List(
                location: location, issuer: list.issuer, from: list.from.text, until: list.until.text, expired: list.until < .now)
        }
    }
}
