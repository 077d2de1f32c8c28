internal import Contracts
internal import Exchanges
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Stores

/// What the inside reaches: submit messages, look at the log, take from the inbox, probe.
struct JSONAPI: Sendable {
    let gateway: Gateway
    let sealing: SealingHealth
    let evidence: EvidenceOffice
    let console: ConsoleRoutes
    let maximumBody: Int
    let metrics: MetricsPage
    private let logger: Logger
    /// Made once: it is large.
    private let openAPI: [UInt8]

    init(
        gateway: Gateway, sealing: SealingHealth, evidence: EvidenceOffice, console: ConsoleRoutes, maximumBody: Int, metrics: MetricsPage,
        logger: Logger
    ) {
        self.gateway = gateway
        self.sealing = sealing
        self.evidence = evidence
        self.console = console
        self.logger = logger
        self.maximumBody = maximumBody
        self.metrics = metrics
        openAPI = OpenAPIDocument(gateway.menu).bytes
    }

    var router: Router<PeerContext> {
        let router = Router(context: PeerContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ProblemAnswers(methods: JSONAPI.methods, logger: logger))
        router.get("/") { try await console.overview($0, $1) ?? index }
        console.add(to: router)
        router.get("/openapi.json") { _, _ in Response.bytes(openAPI, type: "application/json") }
        router.get("/health/live") { _, _ in Response.json(["status": "live"]) }
        router.get("/health/ready") { _, _ in await ready() }
        router.get("/metrics") { _, _ in await metrics.response() }
        router.post("/partners/{partner}/{operation}") { try await submit($0, $1) }
        router.get("/messages") { request, _ in try await list(request) }
        router.get("/messages/{id}") { _, context in try await message(context) }
        router.get("/messages/{id}/{content}") { _, context in try await content(context) }
        router.get("/certificates/{number}") { _, context in try await certificate(context) }
        router.post("/messages/{id}/ack") { _, context in try await acknowledge(context) }
        router.get("/inbox") { request, _ in try await inbox(request) }
        return router
    }

    /// What each address is there for; the first that fits counts.
    private static let methods: KeyValuePairs<String, [HTTPRequest.Method]> = [
        "/": [.get, .head], "/openapi.json": [.get, .head], "/health/live": [.get, .head], "/health/ready": [.get, .head],
        "/metrics": [.get, .head],
        "/partners/{}/{}": [.post], "/messages": [.get, .head], "/messages/{}": [.get, .head], "/messages/{}/ack": [.post],
        "/messages/{}/{}": [.get, .head], "/inbox": [.get, .head], "/certificates/{}": [.get, .head],
    ]

    /// A part of the path, its percent-encoding undone.
    private func parameter(_ name: String, _ context: PeerContext) throws -> String {
        let text = try context.parameters.require(name)
        guard let decoded = text.removingPercentEncoding else {
            throw HTTPError(.badRequest, message: "\(text) is not percent-encoded UTF-8")
        }
        return decoded
    }

    private var index: Response {
        .json([
            "console": "/console", "messages": "/messages", "inbox": "/inbox", "live": "/health/live", "ready": "/health/ready",
            "openapi": "/openapi.json",
            "metrics": "/metrics",
            "submit": "POST /partners/{partner}/{operation}",
        ])
    }

    private func ready() async -> Response {
        guard !gateway.stopSign.isUp else { return .json(["status": "not ready", "stopping": "yes"], status: .serviceUnavailable) }
        do {
            try await gateway.store.write { try $0.checkWritable() }
            if let problem = await gateway.signingProblem() {
                return .json(["status": "not ready", "signing": problem], status: .serviceUnavailable)
            }
            // Sealing that is held up does not keep messages from being taken.
            return .json(["status": "ready", "sealing": sealing.problem ?? "goes on"])
        } catch {
            return .json(["status": "not ready", "store": "\(error)"], status: .serviceUnavailable)
        }
    }

    // MARK: Messages out

    private func submit(_ request: Request, _ context: PeerContext) async throws -> Response {
        let (partner, name) = (try parameter("partner", context), try parameter("operation", context))
        guard let operation = Operation(rawValue: name) else {
            let known = Operation.allCases.map(\.rawValue).joined(separator: ", ")
            return Problem(.notFound, type: "unknown-operation", title: "Unknown operation", detail: "\(name) is none of \(known)").response
        }
        // A web page can send anything else without asking; this it cannot.
        let mediaType = request.headers[.contentType]?.split(separator: ";").first?.lowercased().filter { !$0.isWhitespace }
        guard mediaType == "application/json" else {
            return Problem(
                .unsupportedMediaType, type: "media-type", title: "Wrong media type", detail: "send Content-Type: application/json"
            ).response
        }
        guard let body = try await request.body.bytes(upTo: maximumBody) else {
            var response = Problem(
                .contentTooLarge, type: "too-large", title: "Body too large", detail: "at the most \(maximumBody) bytes are read"
            ).response
            response.headers[.connection] = "close"
            return response
        }
        let submission: Submission
        do {
            submission = try await gateway.submit(
                json: body, operation: operation, partner: partner, correlationID: TraceContext.correlationID(request.headers))
        } catch is WorkPoolError {
            return Problem(
                .serviceUnavailable, type: "overloaded", title: "Too much waits", detail: "nothing was accepted; send it again later"
            ).response
        }
        switch submission {
        case .refused(let error): return Problem(error).response
        case .queued(let message), .known(let message):
            let settled = try await settle(message, seconds: waitPreference(request))
            var response = Response.json(
                try await MessageView(settled, store: gateway.store), status: settled.state == .queued ? .accepted : .ok)
            response.headers[.location] = "/messages/\(settled.id)"
            return response
        }
    }

    /// `Prefer: wait=N` (RFC 7240, section 4.3), at the most a minute.
    private func waitPreference(_ request: Request) -> Int {
        let preferences = request.headers[values: .prefer].flatMap { $0.split(separator: ",") }
        let wait = preferences.map { $0.filter { !$0.isWhitespace } }.first { $0.lowercased().hasPrefix("wait=") }
        return min(60, max(0, wait.flatMap { Int($0.dropFirst(5)) } ?? 0))
    }

    private func settle(_ message: StoredMessage, seconds: Int) async throws -> StoredMessage {
        var current = message
        let end = ContinuousClock.now + .seconds(seconds)
        while current.state == .queued, .now < end, !gateway.stopSign.isUp {
            try await Task.sleep(for: .milliseconds(20))
            current = try await gateway.store.read { try $0.message(id: message.id) } ?? current
        }
        return current
    }

    // MARK: The log

    private func list(_ request: Request) async throws -> Response {
        switch MessageQuery.read(request.uri.queryParameters) {
        case .failure(let problem): return problem.problem.response
        case .success(let query):
            return try await page(query)
        }
    }

    private func page(_ query: MessageQuery) async throws -> Response {
        let messages = try await gateway.store.read { try $0.messages(query) }
        return .json(MessagePage(messages: messages, next: messages.count == query.limit ? messages.last?.sequence : nil))
    }

    private func message(named context: PeerContext) async throws -> StoredMessage? {
        let id = try parameter("id", context)
        return try await gateway.store.read { try $0.message(id: id) }
    }

    private func message(_ context: PeerContext) async throws -> Response {
        guard let message = try await message(named: context) else { return unknownMessage }
        return .json(try await MessageView(message, store: gateway.store))
    }

    private func content(_ context: PeerContext) async throws -> Response {
        let (id, name) = (try parameter("id", context), try parameter("content", context))
        if name == EvidenceOffice.fileName { return try await evidence.response(id) ?? unknownMessage }
        guard let kind = ContentKind(rawValue: name), let bytes = try await gateway.store.read({ try $0.content(kind, of: id) }) else {
            let known = (ContentKind.allCases.map(\.rawValue) + [EvidenceOffice.fileName]).joined(separator: ", ")
            return Problem(.notFound, type: "no-content", title: "Nothing kept", detail: "of this message, or not one of \(known)").response
        }
        var response = Response.bytes(bytes, type: name.hasSuffix(".xml") ? "text/xml; charset=utf-8" : "application/json")
        // A partner's XML is shown as it is, but never runs in a browser.
        response.headers[.contentSecurityPolicy] = "sandbox; default-src 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }

    private func certificate(_ context: PeerContext) async throws -> Response {
        let number = try parameter("number", context)
        let found = try await gateway.certificates(number: number)
        guard !found.certificates.isEmpty else {
            return Problem(
                .notFound, type: "unknown-certificate", title: "Unknown certificate",
                detail: "no certificate has this number, or one like it"
            ).response
        }
        return .json(found)
    }

    // MARK: Inbox

    /// With `lease` the next in turn are given out for so many seconds; without it all that wait are listed.
    private func inbox(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        let asked: MessageQuery
        switch MessageQuery.read(parameters, allowed: ["before", "limit", "lease", "wait"]) {
        case .failure(let problem): return problem.problem.response
        case .success(let query): asked = query
        }
        func seconds(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
            guard let text = parameters[Substring(name)] else { return nil }
            guard let number = Int(text), range.contains(number) else {
                throw HTTPError(
                    .badRequest, message: "\(name) is a number of seconds from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        let (lease, wait) = (try seconds("lease", 1...3600), try seconds("wait", 0...60))
        if let lease {
            guard gateway.settings.delivery == .inbox else {
                throw HTTPError(.badRequest, message: "messages are pushed to inside.url; nothing is given out here")
            }
            let taken = try await gateway.takeFromInbox(limit: asked.limit, lease: lease, wait: wait ?? 0)
            return .json(MessagePage(messages: taken, next: nil))
        }
        var query = asked
        query.direction = .inbound
        query.state = .accepted
        return try await page(query)
    }

    private func acknowledge(_ context: PeerContext) async throws -> Response {
        guard let message = try await message(named: context), message.direction == .inbound else {
            return unknownMessage
        }
        switch message.state {
        case .delivered: return .json(message)
        case .accepted where gateway.settings.delivery == .inbox:
            let acknowledged = try await gateway.acknowledge(message)
            return .json(acknowledged)
        default:
            return Problem(
                .conflict, type: "not-in-inbox", title: "Not in the inbox", detail: "the message is \(message.state.rawValue)"
            ).response
        }
    }

    private var unknownMessage: Response {
        Problem(.notFound, type: "unknown-message", title: "Unknown message", detail: "no message has this id").response
    }
}
