internal import Exchanges
internal import Foundation
internal import Server
internal import Trust
internal import XMLSignature

/// Reads keys, certificates and listeners that settings name, noting what does not load.
struct MaterialLoader {
    private let file: SettingsFile

    init(_ file: SettingsFile) {
        self.file = file
    }

    /// Partners' listener: the only one that may stand behind a proxy, and that counts what a peer asks for.
    func soapListener() -> ListenerSettings {
        let proxy = proxy("soap.proxy")
        if proxy != nil, file.has("soap.tls") {
            file.note("soap has both tls and proxy", key: "soap.proxy.addresses", help: "TLS ends either here or at the proxy")
        }
        var settings = listener("soap", host: "0.0.0.0", port: 8443, proxy: proxy)
        settings.peerLimits = PartnerLimits(
            requestsPerMinute: file.limit(.requestsPerMinute), concurrentRequests: file.limit(.concurrentRequests),
            connections: file.limit(.connections))
        settings.drainSeconds = file.limit(.drainSeconds)
        settings.gzip = file.choice("soap.gzip", or: Switch.off) == .on ? file.limit(.gzipRatio) : nil
        return settings
    }

    func listener(_ name: String, host: String, port: Int, proxy: TLSProxy? = nil) -> ListenerSettings {
        let host = file.text("\(name).host", or: host)
        let tls = file.has("\(name).tls") ? tls("\(name).tls")?.server : nil
        if !file.has("\(name).tls"), proxy == nil, !["127.0.0.1", "::1", "localhost"].contains(host) {
            let orProxy = name == "soap" ? ", or name the proxy where TLS ends (soap.proxy.addresses)" : ""
            file.note(
                "\(name) would speak plain HTTP on \(host)", key: "\(name).host",
                help: "give \(name).tls.certificate, .key and .anchors\(orProxy), or listen on 127.0.0.1")
        }
        func limit(_ limit: Limit) -> Int { file.number("\(name).\(limit.key)", or: limit.standard, in: limit.range) }
        return ListenerSettings(
            host: host, port: file.number("\(name).port", or: port, in: 1...65535), tls: tls, proxy: proxy,
            maximumBody: limit(.maximumBody), bodySeconds: limit(.bodySeconds), maximumConnections: limit(.maximumConnections),
            headSeconds: limit(.headSeconds), headerBytes: limit(.headerBytes),
            answerSeconds: limit(.answerSeconds), idleSeconds: limit(.idleSeconds))
    }

    private func proxy(_ name: String) -> TLSProxy? {
        guard file.has(name) else { return nil }
        let addresses = file.list("\(name).addresses")
        if addresses.isEmpty {
            file.note("\(name).addresses is missing", help: "list the addresses that the proxy connects from; others are turned away")
        }
        return TLSProxy(addresses: Set(addresses), certificateHeader: file.text("\(name).certificateHeader", or: "X-Client-Certificate"))
    }

    /// The authority of a listener's own certificate, where it is among its anchors: what its clients must trust.
    func authority(_ name: String) -> Certificate? {
        guard let path = file.text("\(name).certificate"), let anchors = file.text("\(name).anchors"),
            let certificate = try? loadCertificate(file.resolve(path)), let known = try? loadCertificates(file.resolve(anchors))
        else { return nil }
        return known.first { $0.subject == certificate.issuer }
    }

    func tls(_ name: String) -> TLSMaterial? {
        let paths = ["certificate", "key", "anchors"].map { file.required("\(name).\($0)") }
        return paths.contains("") ? nil : tls(name, paths)
    }

    /// What a partner's connections have of their own: our certificate and its key, the authorities, the least version of TLS.
    func partnerTLS(_ name: String, or common: TLSMaterial?) -> ConnectionTLS? {
        let keys = ["certificate", "key", "anchors"]
        let version = file.choice("\(name).minimumVersion", or: TLSMaterial.LeastVersion.v12)
        let given = keys.map { file.text("\(name).\($0)") }
        var material = common
        switch (given[0], given[1], given[2]) {
        case (nil, nil, nil): break
        case (let certificate?, let key?, let anchors?): material = tls(name, [certificate, key, anchors])
        case (nil, nil, let anchors?) where common != nil:
            let path = file.resolve(anchors)
            do { material = try common?.with(anchorsFile: path) } catch {
                let isThere = FileManager.default.isReadableFile(atPath: path)
                file.note(
                    isThere ? "\(path) holds no certificates" : "\(path) cannot be read", key: "\(name).anchors",
                    help: "name the PEM file of the authorities that the partner's server certificate comes from")
                return nil
            }
        default:
            file.note(
                "\(name) has not all of certificate, key and anchors", key: keys.map { "\(name).\($0)" }.first(where: file.isSet),
                help: "give all three, or anchors alone to keep the gateway's own certificate (partnerTLS)")
        }
        guard let material else {
            if file.problems.isEmpty { file.note("\(name) has nothing to connect with", help: "give certificate, key and anchors") }
            return nil
        }
        return material.client(least: version)
    }

    private func tls(_ name: String, _ paths: [String]) -> TLSMaterial? {
        for path in paths where !FileManager.default.isReadableFile(atPath: file.resolve(path)) {
            let key = ["certificate", "key", "anchors"].first { file.text("\(name).\($0)") == path } ?? "certificate"
            file.note("\(file.resolve(path)) cannot be read", key: "\(name).\(key)", help: "check the path; it is relative to this file")
            return nil
        }
        do {
            let certificate = try loadCertificate(file.resolve(paths[0]))
            guard try loadPrivateKey(file.resolve(paths[1])).matches(certificate.publicKey) else {
                file.note(
                    "\(file.resolve(paths[1])) is not the key of \(file.resolve(paths[0]))", key: "\(name).key",
                    help: "give the certificate and the key that were made together")
                return nil
            }
            return try TLSMaterial(
                certificateFile: file.resolve(paths[0]), keyFile: file.resolve(paths[1]), anchorsFile: file.resolve(paths[2]))
        } catch {
            file.note("the TLS files of \(name) do not load: \(error)", at: file.path + " (\(name))")
            return nil
        }
    }
}
