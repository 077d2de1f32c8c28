internal import ArgumentParser
internal import Foundation

struct Identity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keys and certificates of our own.",
        discussion: """
            EXAMPLE
              coconect-soap identity new signing --out certs/ours --subject "Korea Customs Service" --country KR
            """, subcommands: [New.self])

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and a certificate.",
            discussion: """
                Writes NAME.key (readable by its owner only) and NAME.pem. Without --issuer the certificate signs itself, which
                suits partners that pin it.

                EXAMPLES
                  coconect-soap identity new signing --out certs/ours --subject "Korea Customs Service" --country KR
                  coconect-soap identity new ca --out certs/dev --purpose authority --subject "Development CA"
                  coconect-soap identity new server --out certs/dev --purpose tls --issuer certs/dev/ca --host localhost
                """)

        @Argument(help: "Name of the files.")
        var name: String

        @Option(help: "Folder to write to.")
        var out = "."

        @Option(help: "Common name of the subject.")
        var subject: String

        @Option(help: "Country of the subject, ISO 3166-1 alpha-2.")
        var country: String?

        @Option(help: "Environment that the certificate is for; a gateway of another one refuses it.")
        var environment: GatewayEnvironment?

        @Option(help: "rsa-2048, rsa-3072, p-256, p-384 or p-521.")
        var algorithm = IdentityMaker.Algorithm.rsa2048

        @Option(help: "signing (messages), tls (server and client) or authority.")
        var purpose = IdentityMaker.Purpose.signing

        @Option(help: "The authority's files without their ending: ISSUER.pem and ISSUER.key.")
        var issuer: String?

        @Option(help: "Host name or IPv4 address of a TLS server; may be given several times.")
        var host: [String] = []

        @Option(help: "Days of validity.")
        var days = 825

        @Flag(help: "Overwrite files that are there.")
        var force = false

        func validate() throws {
            guard !name.contains("/"), !name.isEmpty else {
                throw ValidationError("NAME is the name of a file, without a folder; --out names the folder.")
            }
            guard !subject.isEmpty else { throw ValidationError("--subject must not be empty.") }
            guard country.map({ $0.count == 2 && $0.allSatisfy(\.isLetter) }) ?? true else {
                throw ValidationError("--country has two letters, as in ISO 3166-1.")
            }
            guard days > 0 else { throw ValidationError("--days must be at least 1.") }
        }

        func run() throws {
            let paths = (key: "\(out)/\(name).key", certificate: "\(out)/\(name).pem")
            for path in [paths.key, paths.certificate] where !force && FileManager.default.fileExists(atPath: path) {
                throw CommandError(
                    "the file is there already; nothing was changed", place: path, help: "choose another name, or give --force")
            }
            let made = try IdentityMaker(
                algorithm: algorithm, purpose: purpose, subject: subject, country: country, environment: environment, issuer: issuer,
                hosts: host, days: days
            ).make()
            try writeFile(made.keyPEM, to: paths.key, permissions: 0o600)
            try writeFile(made.certificatePEM, to: paths.certificate)
            output("wrote \(paths.key) and \(paths.certificate): \(made.subject), valid to \(made.end)")
        }
    }
}

extension GatewayEnvironment: ExpressibleByArgument {}
