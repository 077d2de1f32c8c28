internal import ArgumentParser
internal import Exchanges
internal import Stores
internal import Trust
internal import XML

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load all that serve would load and report every problem at once.",
        discussion: """
            EXAMPLE
              coconect-soap check --config gateway.yaml
            """)

    @Option(name: .shortAndLong, help: "The configuration file.")
    var config = "gateway.yaml"

    @Option(help: "text or json.")
    var format = ReportFormat.text

    private struct Report: Encodable {
        var verdict = "good"
        var problems: [ConfigurationProblem] = []
        var partners: [String] = []
    }

    func run() async throws {
        var report = Report()
        do throws(ConfigurationError) {
            let configuration = try GatewayConfiguration(path: config)
            report.problems = certificateProblems(configuration)
            report.partners = configuration.partners.partners.keys.sorted()
            if let problem = await storeProblem(configuration.storePath) { report.problems.append(problem) }
        } catch {
            report.problems = error.problems
        }
        if !report.problems.isEmpty { report.verdict = "bad" }
        switch format {
        case .json: try output(json: report)
        case .text:
            for problem in report.problems { output(problem.description) }
            output(
                report.problems.isEmpty
                    ? "good: \(config), partners: \(report.partners.joined(separator: ", "))"
                    : "bad: \(report.problems.count) problems in \(config)")
        }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }

    private func storeProblem(_ path: String) async -> ConfigurationProblem? {
        do {
            try await openStore(path).checkWritable()
            return nil
        } catch let error as CommandError {
            return ConfigurationProblem(error.text, at: path)
        } catch {
            return ConfigurationProblem("the store cannot be written: \(error)", at: path)
        }
    }

    /// Certificates that could not sign now.
    private func certificateProblems(_ configuration: GatewayConfiguration) -> [ConfigurationProblem] {
        let own = PinnedCertificate(configuration.identity.certificate, owner: "us", origin: "identity.certificate")
        var problems: [ConfigurationProblem] = []
        for pin in [own] + configuration.partners.trust.certificates {
            do throws(TrustError) {
                try pin.certificate.checkSigner(at: .now)
            } catch {
                problems.append(ConfigurationProblem(error.description, at: pin.origin))
            }
        }
        return problems
    }
}
