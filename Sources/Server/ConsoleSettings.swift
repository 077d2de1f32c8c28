public import Console
internal import XMLSignature

/// Who may look at the console, and as what.
public struct ConsoleSettings: Sendable {
    public struct User: Sendable {
        let user: ConsoleUser
        /// SHA-256 of a token, hexadecimal.
        let token: String?
        /// Of a TLS client certificate, DER.
        let certificate: [UInt8]?

        public init(_ user: ConsoleUser, token: String?, certificate: [UInt8]?) {
            self.user = user
            self.token = token
            self.certificate = certificate
        }
    }

    private let users: [User]
    /// Whoever can reach it, where nobody is named; `nil` where it is off then.
    private let anybody: ConsoleUser?

    public init(users: [User], anybody: ConsoleUser?) {
        self.users = users
        self.anybody = users.isEmpty ? anybody : nil
    }

    /// Whether there is anybody to show it to.
    var isOn: Bool { !users.isEmpty || anybody != nil }

    func user(token: String?, certificate: [UInt8]?) -> ConsoleUser? {
        if let certificate, let found = users.first(where: { $0.certificate == certificate }) { return found.user }
        if let token {
            let digest = Digest(of: Array(token.utf8)).hex
            if let found = users.first(where: { $0.token == digest }) { return found.user }
        }
        return anybody
    }
}
