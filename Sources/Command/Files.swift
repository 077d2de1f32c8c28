internal import Foundation
internal import Trust
internal import XMLSignature

/// A file that could not be used: which one, why, and what to do.
struct FileError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path): \(reason)" }
}

/// The bytes of a file, or of standard input for `-`.
func readFile(_ path: String) throws(FileError) -> [UInt8] {
    if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    do {
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw FileError(path: path, reason: FileManager.default.fileExists(atPath: path) ? error.localizedDescription : "no such file")
    }
}

func writeFile(_ bytes: [UInt8], to path: String, permissions: Int = 0o644) throws(FileError) {
    do {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes), attributes: [.posixPermissions: permissions]) else {
            throw FileError(path: path, reason: "the file could not be written")
        }
    } catch let error as FileError {
        throw error
    } catch {
        throw FileError(path: path, reason: error.localizedDescription)
    }
}

func loadCertificate(_ path: String) throws(FileError) -> Certificate {
    let bytes = try readFile(path)
    do {
        return try Certificate(pem: bytes)
    } catch {
        throw FileError(path: path, reason: error.description)
    }
}

/// Every certificate of a PEM file, at least one.
func loadCertificates(_ path: String) throws(FileError) -> [Certificate] {
    let bytes = try readFile(path)
    let certificates: [Certificate]
    do { certificates = try Certificate.all(pem: bytes) } catch { throw FileError(path: path, reason: error.description) }
    guard !certificates.isEmpty else { throw FileError(path: path, reason: CertificateError.unreadable.description) }
    return certificates
}

func loadPrivateKey(_ path: String, passphrase: String? = nil) throws(FileError) -> PrivateKey {
    let bytes = try readFile(path)
    do {
        return try PrivateKey(pem: bytes, passphrase: passphrase)
    } catch {
        throw FileError(path: path, reason: error.description)
    }
}

/// The certificates of a folder, each known by the name of its file: a signer's is pinned, an authority's is trusted for what it
/// issued. Revocation lists (*.crl) beside them are asked for every certificate that an authority issued.
func loadTrust(_ folder: String) throws(FileError) -> TrustStore {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
        throw FileError(path: folder, reason: "the folder of trusted certificates cannot be read")
    }
    let lists = names.filter { $0.hasSuffix(".crl") }.map { folder + "/" + $0 }
    var pins: [PinnedCertificate] = []
    var anchors: [(name: String, certificate: Certificate)] = []
    for name in names where name.hasSuffix(".pem") || name.hasSuffix(".crt") {
        let (path, owner) = (folder + "/" + name, String(name.dropLast(4)))
        for certificate in try loadCertificates(path) {
            if certificate.isCertificationAuthority {
                anchors.append((owner, certificate))
            } else {
                pins.append(PinnedCertificate(certificate, owner: owner, origin: path))
            }
        }
    }
    guard !pins.isEmpty || !anchors.isEmpty else {
        throw FileError(path: folder, reason: "the folder holds no certificate (*.pem or *.crt)")
    }
    // All of them are one authority: a root and its intermediate may lie side by side.
    let owner = Set(anchors.map(\.name)).sorted().joined(separator: "+")
    let authorities =
        anchors.isEmpty
        ? []
        : [
            Authority(
                owner: owner, anchors: anchors.map(\.certificate), subject: nil, revocation: RevocationPolicy(lists: lists), origin: folder)
        ]
    let evidence = RevocationEvidence()
    for list in lists { try evidence.load(list, of: authorities) }
    return TrustStore(pins, authorities: authorities, evidence: evidence)
}
