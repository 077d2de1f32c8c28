import CPKCS11
import Foundation
import Support
import Testing
import Trust
import XML
import XMLSignature

/// Keys in files and tokens, made by the programs that people make them with.
struct KeyTests {
    private static let message = Array("what is signed".utf8)

    private func openssl(_ arguments: String...) throws {
        let (status, output) = try judge("openssl", arguments)
        try #require(status == 0, "\(output)")
    }

    private func makeKey(_ kind: [String], in folder: String) throws {
        let (status, output) = try judge(
            "openssl",
            ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=token", "-keyout", "\(folder)/k.pem", "-out", "\(folder)/c.pem"] + kind)
        try #require(status == 0, "\(output)")
    }

    @Test func `a PKCS#12 file opens with its passphrase alone`() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path
        try makeKey(["-newkey", "rsa:2048"], in: path)
        try openssl(
            "pkcs12", "-export", "-inkey", "\(path)/k.pem", "-in", "\(path)/c.pem", "-out", "\(path)/k.p12", "-passout", "pass:gehéim")
        let bytes = Array(try Data(contentsOf: folder.url.appendingPathComponent("k.p12")))
        let opened = try PKCS12(bytes, passphrase: "gehéim")
        #expect(opened.key.matches(try PublicKey(certificate: opened.certificate)))
        for wrong in ["", "geheim"] { #expect(throws: OpenSSLError.self) { try PKCS12(bytes, passphrase: wrong) } }
        #expect(throws: OpenSSLError.self) { try PKCS12(Array(bytes.dropLast(20)), passphrase: "gehéim") }
        #expect(throws: OpenSSLError.self) { try PKCS12([], passphrase: "") }
    }

    @Test func `an encrypted PEM opens with its passphrase alone`() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path
        try makeKey(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], in: path)
        try openssl("pkcs8", "-topk8", "-in", "\(path)/k.pem", "-out", "\(path)/e.pem", "-passout", "pass:secret")
        let bytes = Array(try Data(contentsOf: folder.url.appendingPathComponent("e.pem")))
        #expect(try PrivateKey(pem: bytes, passphrase: "secret").kind == .ec(.p384))
        #expect(throws: OpenSSLError.self) { try PrivateKey(pem: bytes, passphrase: "wrong") }
        #expect(throws: OpenSSLError.self) { try PrivateKey(pem: bytes) }
    }

    /// One test for all that a token does: its module reads its configuration once in a process.
    @Test func `a token signs, says what is wrong, and is opened again when its session is lost`() throws {
        let module = "/usr/lib/softhsm/libsofthsm2.so"
        let folder = try TemporaryFolder()
        let path = folder.url.path
        try FileManager.default.createDirectory(atPath: path + "/tokens", withIntermediateDirectories: true)
        let configuration = try folder.write(Array("directories.tokendir = \(path)/tokens\n".utf8), to: "softhsm2.conf")
        setenv("SOFTHSM2_CONF", configuration, 1)
        let (status, output) = try judge(
            "softhsm2-util", ["--init-token", "--free", "--label", "gateway", "--so-pin", "1234", "--pin", "5678"])
        try #require(status == 0, "\(output)")
        var keys: [(address: TokenAddress, key: PublicKey)] = []
        for (name, kind) in [
            ("rsa", ["-newkey", "rsa:2048"]), ("p256", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
            ("p521", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"]),
        ] {
            try makeKey(kind, in: path)
            let (status, output) = try judge(
                "softhsm2-util",
                ["--import", "\(path)/k.pem", "--token", "gateway", "--label", name, "--id", "A\(keys.count)", "--pin", "5678"])
            try #require(status == 0, "\(output)")
            let certificate = try Certificate(pem: Array(Data(contentsOf: folder.url.appendingPathComponent("c.pem"))))
            keys.append((TokenAddress(module: module, token: "gateway", object: name), certificate.publicKey))
        }
        for (address, key) in keys {
            let signer = try TokenKey(address, pin: "5678", publicKey: key)
            #expect(signer.problem() == nil)
            for algorithm in SignatureAlgorithm.allCases where signer.kind.fits(algorithm) {
                let signature = try signer.sign(Self.message, by: algorithm)
                #expect(Self.message.withUnsafeBytes { key.verifies(signature, of: $0, by: algorithm) }, "\(address.object) \(algorithm)")
            }
            closeAllSessions(module)
            let signature = try signer.sign(Self.message, by: signer.kind.algorithm)
            #expect(Self.message.withUnsafeBytes { key.verifies(signature, of: $0, by: signer.kind.algorithm) })
            closeAllSessions(module)
            #expect(signer.problem() == nil)
        }
        #expect(throws: TokenError.keyOfAnotherCertificate(keys[1].address)) {
            try TokenKey(keys[1].address, pin: "5678", publicKey: TestIdentity.p256.certificate.publicKey)
        }
        closeAllSessions(module)
        for (address, pin, said) in [
            (keys[0].address, "0000", "the PIN is wrong"), (TokenAddress(module: module, token: "none", object: "rsa"), "5678", "no token"),
            (TokenAddress(module: module, token: "gateway", object: "none"), "5678", "no private key"),
            (TokenAddress(module: "/usr/lib/none.so", token: "", object: ""), "", "no PKCS#11 module"),
        ] {
            let error = try #require(throws: TokenError.self) { try TokenKey(address, pin: pin, publicKey: keys[0].key) }
            #expect(error.description.contains(said))
            #expect(!error.description.contains("5678"))
        }
    }

    /// What happens to a session when the token is taken out and put back.
    private func closeAllSessions(_ module: String) {
        guard let functions = coconect_token_module(module) else { return }
        var slot: ck_slot_id_t = 0
        if coconect_token_slot(functions, "gateway", &slot) == UInt(CKR_OK) { _ = functions.pointee.C_CloseAllSessions(slot) }
    }
}
