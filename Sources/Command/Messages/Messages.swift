internal import ArgumentParser

struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look up messages, take up or give up those that were parked, compare with a partner.",
        discussion: """
            Works on the store that the configuration names, beside a gateway that runs or without one.

            EXAMPLES
              coconect-soap messages list --state parked
              coconect-soap messages show 01a20766936a1a7d58b430a8c7d3105d
              coconect-soap messages retry 01a20766936a1a7d58b430a8c7d3105d
            """,
        subcommands: [ListMessages.self, ShowMessage.self, RetryMessages.self, AbandonMessage.self, ReconcileMessages.self])
}
