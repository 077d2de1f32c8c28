internal import Foundation
internal import Trust
internal import XML
internal import XMLSignature

/// Our own keys, as the configuration names them: PEM files, a PKCS#12 file or a PKCS#11 token; one, or several with their times.
struct IdentityFiles {
    private let file: SettingsFile
    private let environment: GatewayEnvironment

    init(_ file: SettingsFile, environment: GatewayEnvironment) {
        self.file = file
        self.environment = environment
    }

    /// `identity` alone, or the entries of `identities`.
    func identities() -> SigningIdentities? {
        let entries = file.entries("identities")
        if !entries.isEmpty, file.has("identity") {
            file.note(
                "both identity and identities are set", key: "identity.certificate", help: "move identity into the list of identities")
        }
        let found = (entries.isEmpty ? ["identity"] : entries).compactMap(timed)
        return found.isEmpty ? nil : SigningIdentities(found)
    }

    private func timed(_ key: String) -> SigningIdentities.Timed? {
        let window = PinnedCertificate.Window(from: file.moment(key + ".from", of: .first), until: file.moment(key + ".until", of: .last))
        do {
            guard let identity = try identity(key) else { return nil }
            environment.check(identity.certificate, file, key: key + ".certificate")
            return SigningIdentities.Timed(identity, window: window, origin: file.path + " (\(key))")
        } catch {
            file.note("\(error)", key: key + ".certificate", help: "make a key and a certificate with: coconect-soap identity new")
            return nil
        }
    }

    private func identity(_ key: String) throws -> SigningIdentity? {
        if let path = file.text(key + ".pkcs12") {
            let bytes = try readFile(file.resolve(path))
            do {
                let opened = try PKCS12(bytes, passphrase: try secret(key + ".passphraseFile") ?? "")
                return try SigningIdentity(certificate: Certificate(der: opened.certificate), key: opened.key)
            } catch let error as OpenSSLError {
                throw FileError(path: file.resolve(path), reason: error.description)
            }
        }
        let certificatePath = file.required(key + ".certificate")
        guard !certificatePath.isEmpty else { return nil }
        let certificate = try loadCertificate(file.resolve(certificatePath))
        if file.has(key + ".pkcs11") { return try token(key + ".pkcs11", certificate) }
        let keyPath = file.required(key + ".key")
        guard !keyPath.isEmpty else { return nil }
        return try SigningIdentity(
            certificate: certificate, key: try loadPrivateKey(file.resolve(keyPath), passphrase: try secret(key + ".passphraseFile")))
    }

    private func token(_ key: String, _ certificate: Certificate) throws -> SigningIdentity? {
        let (module, token, object) = (file.required(key + ".module"), file.required(key + ".token"), file.required(key + ".object"))
        let pin = try secret(key + ".pinFile")
        if pin == nil { file.note("\(key).pinFile is missing", help: "name a file that holds the PIN, readable by the gateway alone") }
        guard let pin, !module.isEmpty, !token.isEmpty, !object.isEmpty else { return nil }
        let signer = try TokenKey(
            TokenAddress(module: module, token: token, object: object), pin: pin, publicKey: certificate.publicKey)
        return SigningIdentity(certificate: certificate, signer: signer)
    }

    /// The first line of a file.
    private func secret(_ key: String) throws -> String? {
        guard let path = file.text(key) else { return nil }
        let text = String(decoding: try readFile(file.resolve(path)), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }
}
