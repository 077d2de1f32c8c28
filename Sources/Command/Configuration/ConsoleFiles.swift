internal import Console
internal import Server
internal import Trust

/// Who may look at the console.
extension SettingsFile {
    /// - Parameter isOpen: whether, where nobody is named, anybody who can reach the listener may; in development alone.
    func consoleSettings(isOpen: Bool) -> ConsoleSettings {
        var users: [ConsoleSettings.User] = []
        for entry in entries("console.users") {
            let name = required("\(entry).name")
            let role = choice("\(entry).role", or: ConsoleUser.Role.viewer)
            let token = text("\(entry).token")?.lowercased()
            if let token, token.utf8.count != 64 || !token.allSatisfy(\.isHexDigit) {
                note(
                    "\(entry).token is no SHA-256", key: "\(entry).token",
                    help: "make a token with: openssl rand -hex 24; and give what this prints: printf %s TOKEN | sha256sum")
            }
            let path = text("\(entry).certificate").map(resolve)
            var certificate: [UInt8]?
            if let path {
                do throws(FileError) { certificate = try loadCertificate(path).der } catch {
                    note("\(error)", key: "\(entry).certificate", help: "name the PEM file of the user's TLS client certificate")
                }
            }
            if token == nil, path == nil {
                note("\(entry) has neither token nor certificate", key: "\(entry).name", help: "give one by which \(name) is known")
            }
            users.append(ConsoleSettings.User(ConsoleUser(name: name, role: role), token: token, certificate: certificate))
        }
        return ConsoleSettings(users: users, anybody: isOpen ? ConsoleUser(name: "anybody", role: .operator, isKnown: false) : nil)
    }
}
