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

    var description: String { "error: \(text)\n  where: \(place)" + (help.map { "\n  help: \($0)" } ?? "") }
}

/// Everything that is wrong, at once.
struct ConfigurationError: Error {
    let problems: [ConfigurationProblem]
}
