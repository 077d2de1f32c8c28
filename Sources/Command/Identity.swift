internal import ArgumentParser
internal import Crypto
internal import Foundation
internal import SwiftASN1
internal import X509
internal import _CryptoExtras

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

        enum Algorithm: String, ExpressibleByArgument, CaseIterable {
            case rsa2048 = "rsa-2048"
            case rsa3072 = "rsa-3072"
            case p256 = "p-256"
            case p384 = "p-384"
            case p521 = "p-521"
        }

        enum Purpose: String, ExpressibleByArgument, CaseIterable { case signing, tls, authority }

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
        var algorithm = Algorithm.rsa2048

        @Option(help: "signing (messages), tls (server and client) or authority.")
        var purpose = Purpose.signing

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
            let key = try makeKey()
            let certificate = try certificate(for: key)
            try writeFile(Array((try key.serializeAsPEM().pemString + "\n").utf8), to: paths.key, permissions: 0o600)
            try writeFile(Array((try certificate.serializeAsPEM().pemString + "\n").utf8), to: paths.certificate)
            output("wrote \(paths.key) and \(paths.certificate): \(certificate.subject), valid to \(certificate.notValidAfter)")
        }

        private func makeKey() throws -> Certificate.PrivateKey {
            switch algorithm {
            case .rsa2048: Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
            case .rsa3072: Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits3072))
            case .p256: Certificate.PrivateKey(P256.Signing.PrivateKey())
            case .p384: Certificate.PrivateKey(P384.Signing.PrivateKey())
            case .p521: Certificate.PrivateKey(P521.Signing.PrivateKey())
            }
        }

        private func certificate(for key: Certificate.PrivateKey) throws -> Certificate {
            let distinguishedName = try DistinguishedName {
                if let country { CountryName(country) }
                if let environment { OrganizationalUnitName("coconect \(environment.rawValue)") }
                CommonName(subject)
            }
            let authority = try issuer.map { path in
                (
                    try Certificate(pemEncoded: String(decoding: try readFile(path + ".pem"), as: UTF8.self)),
                    try Certificate.PrivateKey(pemEncoded: String(decoding: try readFile(path + ".key"), as: UTF8.self))
                )
            }
            // An hour back, so that partners whose clocks are behind accept it at once.
            let start = Date().addingTimeInterval(-3600)
            return try Certificate(
                version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: start,
                notValidAfter: start.addingTimeInterval(Double(days) * 86_400), issuer: authority?.0.subject ?? distinguishedName,
                subject: distinguishedName, extensions: try extensions(), issuerPrivateKey: authority?.1 ?? key)
        }

        private func extensions() throws -> Certificate.Extensions {
            switch purpose {
            case .authority:
                try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                }
            case .signing:
                try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true, nonRepudiation: true))
                }
            case .tls:
                try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true, keyEncipherment: algorithm == .rsa2048 || algorithm == .rsa3072))
                    try ExtendedKeyUsage([.serverAuth, .clientAuth])
                    SubjectAlternativeNames(try hostNames())
                }
            }
        }

        private func hostNames() throws -> [GeneralName] {
            guard !host.isEmpty else {
                throw CommandError("a TLS certificate needs a host", help: "give --host localhost")
            }
            return host.map { text in
                let numbers = text.split(separator: ".").compactMap { UInt8($0) }
                return numbers.count == 4 ? .ipAddress(ASN1OctetString(contentBytes: numbers[...])) : .dnsName(text)
            }
        }
    }
}

extension GatewayEnvironment: ExpressibleByArgument {}
