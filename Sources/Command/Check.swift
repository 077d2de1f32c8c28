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

            EXAMPLES
              coconect-soap check --config gateway.yaml
              coconect-soap check --config gateway.yaml --format json
            """)

    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "gateway.yaml"

    @Option(help: "text or json.")
    var format = ReportFormat.text

    func run() async throws {
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

    private func signersSeen(_ settings: StoreSettings, _ report: inout CheckReport) async -> [SignerSeen] {
        do {
            let store = try settings.open()
            return try await store.write { transaction in
                try transaction.checkWritable()
                return try transaction.signersSeen()
            }
        } catch let error as CommandError {
            report.problems.append(ConfigurationProblem(error.text, at: settings.place))
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

/// What `check` found.
struct CheckReport: Encodable {
    var verdict = "good"
    var problems: [ConfigurationProblem] = []
    var warnings: [ConfigurationProblem] = []
    var partners: [String] = []
    var certificates: [Certificate] = []
    var authorities: [Authority] = []
    var revocationLists: [List] = []

    struct Certificate: Encodable {
        let owner: String
        let subject: String
        let fingerprint: String
        let from: String
        let until: String
        let daysLeft: Int
        let urgency: CertificateNotice.Urgency
        let text: String
        let lastSeen: String?
        let file: String
        let defect: String?

        init(_ notice: CertificateNotice, lastSeen: String?, defect: String?) {
            owner = notice.owner
            subject = notice.subject
            fingerprint = notice.fingerprint
            from = notice.from.text
            until = notice.until.text
            daysLeft = notice.daysLeft
            urgency = notice.urgency
            text = notice.text
            self.lastSeen = lastSeen
            file = notice.origin
            self.defect = defect
        }
    }

    struct Authority: Encodable {
        let owner: String
        let subject: String
        let until: String
        let daysLeft: Int
        let file: String
    }

    struct List: Encodable {
        let location: String
        let issuer: String
        let from: String
        let until: String
        let expired: Bool
    }

    mutating func judge() {
        for certificate in certificates {
            if let defect = certificate.defect { problems.append(ConfigurationProblem(defect, at: certificate.file)) }
            let notice = ConfigurationProblem(
                "\(certificate.owner): the certificate of \(certificate.subject) \(certificate.text)", at: certificate.file)
            switch certificate.urgency {
            case .ended: problems.append(notice)
            case .soon, .week: warnings.append(notice)
            case .fine: break
            }
        }
        for authority in authorities where authority.daysLeft <= CertificateNotice.warningDays.max() ?? 0 {
            let ends = authority.daysLeft < 0 ? "ended at \(authority.until)" : "ends in \(authority.daysLeft) days"
            warnings.append(
                ConfigurationProblem("\(authority.owner): the authority's certificate of \(authority.subject) \(ends)", at: authority.file))
        }
        for list in revocationLists where list.expired {
            warnings.append(ConfigurationProblem("the revocation list of \(list.issuer) expired at \(list.until)", at: list.location))
        }
        if !problems.isEmpty { verdict = "bad" }
    }

    func text(_ config: String) -> String {
        var lines = problems.map(\.description)
        lines += warnings.map { "warning: \($0.text)\n  where: \($0.place)" }
        for certificate in certificates {
            lines.append(
                "\(certificate.owner): \(certificate.subject), \(certificate.text)"
                    + (certificate.lastSeen.map { ", last seen \($0)" } ?? ""))
        }
        lines.append(
            problems.isEmpty
                ? "good: \(config), partners: \(partners.joined(separator: ", "))" : "bad: \(problems.count) problems in \(config)")
        return lines.joined(separator: "\n")
    }
}
