public import Exchanges
internal import Mustache
internal import Stores
internal import XML

/// The pages that people look at in a browser: made here from what the gateway knows, without scripts of others, readable without any.
public struct Console: Sendable {
    let gateway: Gateway
    /// What holds up sealing, where something does.
    let sealingProblem: @Sendable () -> String?

    public init(_ gateway: Gateway, sealingProblem: @escaping @Sendable () -> String?) {
        self.gateway = gateway
        self.sealingProblem = sealingProblem
    }

    var store: any MessageStore { gateway.store }

    /// - Returns: `nil` where there is no such page.
    public func page(_ address: ConsoleAddress, for user: ConsoleUser) async throws -> ConsolePage? {
        switch address {
        case .overview: try await overview(user)
        case .messages(let search): try await messages(search, user)
        case .message(let id): try await message(id, user)
        case .certificate(let number): try await certificate(number, user)
        case .partners: try await partners(user)
        case .partner(let name): try await partner(name, user)
        case .parked: try await parked(user)
        case .rules: rules(user)
        case .rule(let number): rule(number, user)
        case .changes(let before): try await changes(before, user)
        }
    }

    func render(_ content: some Any, _ template: String, title: String, _ user: ConsoleUser, status: Int = 200) -> ConsolePage {
        ConsolePage(
            html: Templates.page(
                Frame(
                    title: title, place: template, administration: gateway.administration.description, user: user,
                    now: XMLDateTime.now.minute, content: Templates.render(content, template))),
            status: status)
    }
}

/// A finished page.
public struct ConsolePage: Sendable {
    public let html: String
    public let status: Int
}

/// Who looks.
public struct ConsoleUser: Sendable, Hashable {
    public enum Role: String, Sendable, CaseIterable { case viewer, `operator` }

    public let name: String
    public let role: Role
    /// Whether it is somebody of the configuration; otherwise anybody who can reach a gateway of development.
    public let isKnown: Bool

    public init(name: String, role: Role, isKnown: Bool = true) {
        self.name = name
        self.role = role
        self.isKnown = isKnown
    }

    public var mayChange: Bool { role == .operator }
}

/// What every page has around it.
struct Frame {
    let title: String
    let place: String
    let administration: String
    let user: String
    let role: String
    let isKnown: Bool
    let now: String
    let content: String
    /// The menu; the entry of the page is marked.
    let places: [Place]

    init(title: String, place: String, administration: String, user: ConsoleUser, now: String, content: String) {
        self.title = title
        self.place = place
        self.administration = administration
        self.user = user.name
        role = user.role.rawValue
        isKnown = user.isKnown
        self.now = now
        self.content = content
        places = [
            Place("overview", "/", "Overview"), Place("messages", "/console/messages", "Messages"),
            Place("parked", "/console/parked", "Parked"),
            Place("partners", "/console/partners", "Partners"), Place("rules", "/console/rules", "Rules"),
            Place("changes", "/console/changes", "Changes"),
        ].map { $0.marked(place) }
    }

    struct Place {
        let name: String
        let address: String
        let text: String
        var isHere = false

        init(_ name: String, _ address: String, _ text: String) {
            self.name = name
            self.address = address
            self.text = text
        }

        func marked(_ name: String) -> Place {
            var marked = self
            marked.isHere =
                self.name == name || (self.name == "partners" && name == "partner") || (self.name == "rules" && name == "rule")
                || (self.name == "messages" && ["message", "certificate"].contains(name))
            return marked
        }
    }
}

extension XMLDateTime {
    /// As people read it, in UTC.
    var minute: String { text.prefix(16).replacing("T", with: " ") + " UTC" }
}

extension String {
    /// A time of the store, for people.
    var second: String { String(prefix(19)).replacing("T", with: " ") }
}
