internal import Exchanges
internal import Foundation
internal import Trust
internal import XML

/// The authorities of a partner's file: anchor, subject, and how revocation is found out.
struct AuthorityFiles {
    private let file: SettingsFile
    private let owner: String
    private let environment: GatewayEnvironment
    private let evidence: RevocationEvidence

    init(_ file: SettingsFile, owner: String, environment: GatewayEnvironment, evidence: RevocationEvidence) {
        self.file = file
        self.owner = owner
        self.environment = environment
        self.evidence = evidence
    }

    func authorities() -> [Authority] { file.entries("authorities").compactMap(authority) }

    private func authority(_ entry: String) -> Authority? {
        let anchors = certificates(file.required(entry + ".anchor"), entry + ".anchor")
        let intermediates = file.text(entry + ".intermediates").map { certificates($0, entry + ".intermediates") } ?? []
        let subject = file.name(entry + ".subject")
        if subject == nil, file.text(entry + ".subject") == nil {
            file.note(
                "the authority has no subject: whoever it issues a certificate to could sign for \(owner)", key: entry + ".anchor",
                help: "set \(entry).subject to what the partner's certificates contain, such as 'O=Korea Customs Service, C=KR'")
        }
        for certificate in anchors + intermediates where !certificate.isCertificationAuthority {
            file.note(
                "\(certificate.subject) is no certification authority", key: entry + ".anchor", help: "pin it under certificates instead")
        }
        let revocation = RevocationPolicy(
            lists: file.list(entry + ".revocation.lists").map { isURL($0) ? $0 : file.resolve($0) }, responder: responder(entry),
            whenUnknown: file.choice(entry + ".revocation.unknown", or: .refuse))
        guard let origin = file.text(entry + ".anchor"), !anchors.isEmpty else { return nil }
        let authority = Authority(
            owner: owner, anchors: anchors, intermediates: intermediates, subject: subject, revocation: revocation,
            origin: file.resolve(origin))
        load(revocation.lists.filter { !isURL($0) }, of: authority, key: entry + ".revocation.lists")
        return authority
    }

    private func isURL(_ location: String) -> Bool { location.hasPrefix("http://") || location.hasPrefix("https://") }

    private func responder(_ entry: String) -> String? {
        guard let url = file.text(entry + ".revocation.ocsp") else { return nil }
        if isURL(url), URL(string: url)?.host != nil { return url }
        file.note(
            "\(entry).revocation.ocsp is '\(url)'", key: entry + ".revocation.ocsp",
            help: "give the responder's address, such as http://ocsp.kr")
        return nil
    }

    private func certificates(_ path: String, _ key: String) -> [Certificate] {
        guard !path.isEmpty else { return [] }
        do {
            let certificates = try loadCertificates(file.resolve(path))
            for certificate in certificates { environment.check(certificate, file, key: key) }
            return certificates
        } catch {
            file.note("\(error)", key: key)
            return []
        }
    }

    /// Files are read at once, URLs later by the running gateway.
    private func load(_ paths: [String], of authority: Authority, key: String) {
        for path in paths {
            do {
                try evidence.load(path, of: [authority])
            } catch {
                file.note("\(error)", key: key, help: "give a revocation list with nextUpdate, PEM or DER")
            }
        }
    }
}

extension RevocationEvidence {
    /// Reads a revocation list from a file and keeps it under its path.
    func load(_ path: String, of authorities: [Authority]) throws(FileError) {
        guard let list = RevocationList(try readFile(path)) else {
            throw FileError(path: path, reason: "not a certificate revocation list, or one without nextUpdate")
        }
        _ = keep(list, from: path, of: authorities, at: .now)
    }
}
