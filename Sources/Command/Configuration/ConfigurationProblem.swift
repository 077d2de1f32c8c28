/// One thing that is wrong with the configuration, where it stands, and what to do.
struct ConfigurationProblem: Error, Hashable, Encodable, CustomStringConvertible {
    let place: String
    let text: String
    let help: String?

    init(_ text: String, at place: String, help: String? = nil) {
        self.place = place
        self.text = text
        self.help = help
    }

    /// For a log.
    var line: String { "\(place): \(text)" + (help.map { "; \($0)" } ?? "") }

    var description: String { "error: \(text)\n  where: \(place)" + (help.map { "\n  help: \($0)" } ?? "") }
}

/// Everything that is wrong, at once.
struct ConfigurationError: Error {
    let problems: [ConfigurationProblem]
}
