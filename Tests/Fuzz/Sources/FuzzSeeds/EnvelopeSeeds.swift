import Attacks
import Datasets
import Foundation
import Fuzzing
import SOAP
import Trust
import WSSecurity
import XMLSignature

/// Signed messages that verify, each way to sign one, and the attacks of `Tests/Attacks`. Files of messages that verify are named
/// `good-…`: what is signed in them is all that the fuzzer may ever find accepted.
struct EnvelopeSeeds {
    let identities: FuzzIdentities
    let examples: Examples

    func write(to folder: FuzzFolder) async throws {
        for (name, bytes) in try await messages { try folder.write(bytes, to: "seeds/verify/\(name).xml") }
        for (number, attack) in try await attacks.enumerated() {
            // A package is no document by itself.
            let isGood = attack.expectation == .accepted && !attack.contentType.hasPrefix("multipart/")
            let kind = isGood ? "good-attack" : "attack"
            try folder.write(attack.bytes, to: "seeds/verify/\(kind)-\(number).xml")
        }
    }

    private var messages: [(String, [UInt8])] {
        get async throws {
            var made: [(String, [UInt8])] = []
            func add(
                _ name: String, _ signer: String, _ content: [UInt8], _ shape: Shape, _ style: SigningStyle = SigningStyle()
            ) async throws {
                made.append((name + "-" + signer, try await sign(content, by: signer, style, shape)))
            }
            let plain = Shape(version: .v12, addressing: .without, token: .binarySecurityToken)
            for file in ["send-co", "send-amendment-notification", "send-cancelation-status", "send-feedback"] {
                try await add("good-\(file)", "p256", try content(file), plain)
            }
            let small = try content("send-cancelation-status")
            for shape in Shape.all {
                let name = "good-\(shape.version.rawValue)-\(shape.addressing.rawValue)-\(shape.token.rawValue)"
                try await add(name, "p256", small, shape, SigningStyle(token: shape.token))
                try await add(name, "rsa", small, shape, SigningStyle(token: shape.token))
            }
            for signer in ["rsa", "p256"] {
                let hoisted = try await sign(small, by: signer, SigningStyle(), Shape(version: .v12, addressing: .with, token: .thumbprint))
                made.append(("good-hoisted-\(signer)", EnvelopeSeeds.hoisted(hoisted)))
            }
            for algorithm in SignatureAlgorithm.allCases where algorithm != .rsaSHA1 {
                let style = SigningStyle(algorithm: algorithm, digest: algorithm.digest)
                let signer = algorithm.scheme != .ecdsa ? "rsa" : algorithm == .ecdsaSHA256 ? "p256" : "p384"
                try await add("good-\(algorithm.title)", signer, small, plain, style)
            }
            try await add("good-sha1-digest", "p384", small, plain, SigningStyle(digest: .sha1))
            for token in [SigningStyle.Token.binarySecurityToken, .pkiPath, .keyIdentifier, .x509Data] {
                try await add("good-authority-\(token.rawValue)", "issued", small, plain, SigningStyle(token: token))
            }
            for signer in ["short", "expired"] { try await add("bad", signer, small, plain) }
            return made
        }
    }

    /// Every prefix bound on the Envelope too, which changes no signed part: so parts can be moved anywhere.
    private static func hoisted(_ message: [UInt8]) -> [UInt8] {
        let namespaces = [
            "wsse": SecurityNamespace.extension1, "wsu": SecurityNamespace.utility, "ds": SignatureNamespace.signature,
            "ec": SignatureNamespace.exclusive, "wsa": Addressing.namespace,
        ]
        let declarations = namespaces.sorted { $0.key < $1.key }.map { " xmlns:\($0)=\"\($1)\"" }.joined()
        return message.replacing(Array("<soap:Envelope".utf8), with: Array("<soap:Envelope\(declarations)".utf8), maxReplacements: 1)
    }

    /// Floods are left out: they are tests of cost, and a fuzzer is slow on long inputs.
    private var attacks: [Attack] {
        get async throws {
            let small = try content("send-cancelation-status")
            let forged = Array(String(decoding: small, as: UTF8.self).replacingOccurrences(of: "NOT_CANCELED", with: "CANCELED").utf8)
            let shapes = [
                Shape(version: .v12, addressing: .with, token: .binarySecurityToken),
                Shape(version: .v11, addressing: .without, token: .issuerSerial),
            ]
            var found: [Attack] = []
            for (shape, signer) in zip(shapes, ["p256", "rsa"]) {
                let kit = AttackKit(
                    identity: identity(signer), content: small, forged: forged, address: "https://own.invalid/", action: "urn:action")
                found += try await kit.attacks(shape, at: FuzzIdentities.now)
            }
            return found.filter { $0.bytes.count <= 16_384 }
        }
    }

    private func content(_ example: String) throws -> [UInt8] {
        let catalog = try Catalog()
        guard let operation = catalog.menu.operations.first(where: { $0.name == example }) else { fatalError("the menu has no \(example)") }
        return try catalog.dataset(json: examples.bytes(example + ".json"), as: operation.request.xml.local).xml
    }

    private func identity(_ name: String) -> SigningIdentity {
        guard let identity = identities.signers[name] else { fatalError("no identity \(name)") }
        return identity
    }

    private func sign(_ content: [UInt8], by signer: String, _ style: SigningStyle, _ shape: Shape) async throws -> [UInt8] {
        let addressing =
            shape.addressing == .with
            ? OutgoingEnvelope.requestAddressing(to: "https://own.invalid/", action: "urn:action", messageID: "urn:uuid:1") : []
        let envelope = OutgoingEnvelope(version: shape.version, addressing: addressing, content: content, form: .canonical)
        return try await identity(signer).sign(envelope, style: style, created: FuzzIdentities.now).bytes
    }
}
