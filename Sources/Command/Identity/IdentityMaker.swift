internal import ArgumentParser
internal import Crypto
internal import Foundation
internal import SwiftASN1
internal import X509
internal import _CryptoExtras

/// Makes a key and a certificate for it, signed by an authority or by itself.
struct IdentityMaker {
    enum Algorithm: String, ExpressibleByArgument, CaseIterable {
        case rsa2048 = "rsa-2048"
        case rsa3072 = "rsa-3072"
        case p256 = "p-256"
        case p384 = "p-384"
        case p521 = "p-521"
    }

    enum Purpose: String, ExpressibleByArgument, CaseIterable { case signing, tls, authority }

    var algorithm = Algorithm.rsa2048
    var purpose = Purpose.signing
    let subject: String
    var country: String?
    var environment: GatewayEnvironment?
    /// The authority's files without their ending.
    var issuer: String?
    /// Host names and addresses of a TLS server.
    var hosts: [String] = []
    var days = 825

    struct Made {
        let keyPEM: [UInt8]
        let certificatePEM: [UInt8]
        let subject: String
        let end: String
    }

    func make() throws -> Made {
        let key = try makeKey()
        let certificate = try certificate(for: key)
        return Made(
            keyPEM: Array((try key.serializeAsPEM().pemString + "\n").utf8),
            certificatePEM: Array((try certificate.serializeAsPEM().pemString + "\n").utf8), subject: "\(certificate.subject)",
            end: "\(certificate.notValidAfter)")
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
        guard !hosts.isEmpty else {
            throw CommandError("a TLS certificate needs a host", help: "give --host localhost")
        }
        return hosts.map { text in
            let numbers = text.split(separator: ".").compactMap { UInt8($0) }
            return numbers.count == 4 ? .ipAddress(ASN1OctetString(contentBytes: numbers[...])) : .dnsName(text)
        }
    }
}
