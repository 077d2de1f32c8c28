internal import Foundation
internal import Trust

/// Where a gateway stands. What is made for one environment never works in another: a certificate that says so, a host that is
/// named so.
enum GatewayEnvironment: String, CaseIterable {
    case dev, test, prod

    /// Notes a certificate whose organizational unit names another environment.
    func check(_ certificate: Certificate, _ file: SettingsFile, key: String) {
        guard let stated = certificate.statedEnvironment, stated != rawValue else { return }
        file.note(
            "the certificate of \(certificate.subject) is for the environment \(stated), but this gateway is \(rawValue)", key: key,
            help: "give the certificate of the \(rawValue) environment")
    }

    /// Notes a host that is named for another environment, and in `prod` one that leads to this machine.
    func check(url: String, _ file: SettingsFile, key: String) {
        guard let host = URL(string: url)?.host?.lowercased() else { return }
        let first = host.split(separator: ".").first.map(String.init) ?? ""
        let named = GatewayEnvironment(rawValue: first)
        if let named, named != self {
            file.note("\(host) is a host of \(named.rawValue), but this gateway is \(rawValue)", key: key)
        }
        guard self == .prod else { return }
        if host == "localhost" || host.hasPrefix("127.") || host == "::1" || host.hasSuffix(".test") {
            file.note("\(host) leads to this machine or to a test, but this gateway is prod", key: key)
        }
        if !url.hasPrefix("https://") { file.note("\(url) is not https, but this gateway is prod", key: key) }
    }
}
