internal import Server
internal import Trust

/// How often the log is sealed, and who stamps it.
extension SettingsFile {
    func sealSettings() -> SealSettings {
        let interval = Duration.seconds(number("seal.interval", or: 60, in: 1...86_400))
        guard has("seal.timestamps") else { return SealSettings(interval: interval) }
        let (url, anchors) = (required("seal.timestamps.url"), required("seal.timestamps.anchors"))
        guard !url.isEmpty, !anchors.isEmpty else { return SealSettings(interval: interval) }
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            note(
                "seal.timestamps.url is '\(url)'", key: "seal.timestamps.url",
                help: "give the address of an RFC 3161 authority, http:// or https://")
        }
        do {
            let certificates = try loadCertificates(resolve(anchors))
            return SealSettings(interval: interval, authority: .init(url: url, anchors: certificates))
        } catch {
            note("\(error)", key: "seal.timestamps.anchors", help: "name a PEM file with the certificates that the authority's comes from")
            return SealSettings(interval: interval)
        }
    }
}
