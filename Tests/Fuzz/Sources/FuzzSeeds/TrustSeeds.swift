import Fuzzing
import Trust

/// Certificates, paths of them, revocation lists and OCSP answers of `make-identities`, each with the letter of its kind before it.
struct TrustSeeds {
    func write(to folder: FuzzFolder) throws {
        func add(_ kind: TrustInputKind, _ name: String, _ bytes: [UInt8]) throws {
            try folder.write(kind.input(bytes), to: "seeds/trust/\(kind)-\(name)")
        }
        func certificate(_ name: String) -> [UInt8] { folder.identity(name).certificate.der }

        for name in FuzzIdentities.names + ["authority", "revoked", "retired", "responder", "office", "below", "forger", "forged"] {
            try add(.certificate, name, certificate(name))
        }
        try add(.certificate, "all.pem", ["issued", "authority"].flatMap { folder.read("identities/\($0).pem") })
        for path in [["authority", "issued"], ["office", "below"], ["forger", "forged"], ["authority", "office", "retired"]] {
            try add(.path, path.joined(separator: "-"), CertificateName.pkiPath(path.map(certificate)))
        }
        for (kind, source) in [(TrustInputKind.list, "identities/lists"), (.answer, "identities/answers")] {
            for path in folder.files(source, startingWith: "") where path.hasSuffix(".der") || path.hasSuffix(".pem") {
                try add(kind, String(path.dropFirst(source.count + 1)), folder.read(path))
            }
        }
    }
}
