internal import Console
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOSSL

/// The console over HTTP: who it is, which page, and what forms ask for. A page of another site can neither read nor send anything here.
struct ConsoleRoutes: Sendable {
    let console: Console
    let settings: ConsoleSettings
    let isSecure: Bool

    private static let cookie = "coconect-console"
    private static let largestForm = 16 * 1024

    func add(to router: Router<PeerContext>) {
        router.get("/console") { try await get($0, $1) }
        // All below it goes one way: the router would not look further where one of two patterns fits a part of the path.
        router.get("/console/**") { try await get($0, $1) }
        router.post("/console/**") { try await post($0, $1) }
    }

    private func get(_ request: Request, _ context: PeerContext) async throws -> Response {
        switch request.uri.path {
        case "/console/style.css": asset(ConsoleAssets.style, "text/css; charset=utf-8")
        case "/console/script.js": asset(ConsoleAssets.script, "text/javascript; charset=utf-8")
        case "/console/icon.svg": asset(ConsoleAssets.icon, "image/svg+xml")
        default: try await page(request, context)
        }
    }

    private func post(_ request: Request, _ context: PeerContext) async throws -> Response {
        let parts = ConsoleRoutes.parts(request)
        switch (parts.first, parts.count) {
        case ("sign-in", 1): return try await signIn(request)
        case ("sign-out", 1): return signOut(request)
        case ("messages", 3): return try await change(parts[1], parts[2], request, context)
        default: throw HTTPError(.notFound)
        }
    }

    /// Of the path behind `/console`.
    private static func parts(_ request: Request) -> [String] {
        request.uri.path.split(separator: "/").dropFirst().map { $0.removingPercentEncoding ?? String($0) }
    }

    /// - Returns: `nil` for a program, which gets the addresses instead.
    func overview(_ request: Request, _ context: PeerContext) async throws -> Response? {
        guard settings.isOn, request.headers[.accept]?.contains("text/html") == true else { return nil }
        return try await page(request, context)
    }

    private func page(_ request: Request, _ context: PeerContext) async throws -> Response {
        guard settings.isOn else {
            throw HTTPError(.notFound, message: "the console is off: name users in the configuration (console.users)")
        }
        guard let user = await user(request, context) else { return html(Console.signIn(wasWrong: false)) }
        let query = ConsoleRoutes.fields(request.uri.query ?? "")
        guard let address = ConsoleAddress(ConsoleRoutes.parts(request), query: query),
            let page = try await console.page(address, for: user)
        else {
            return html(console.missing(for: user))
        }
        return html(page)
    }

    // MARK: Who

    private func user(_ request: Request, _ context: PeerContext) async -> ConsoleUser? {
        let certificate = try? await context.channel.nioSSL_peerCertificate().get()?.toDERBytes()
        return settings.user(token: token(request), certificate: certificate)
    }

    private func token(_ request: Request) -> String? {
        if let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") {
            return header.dropFirst(7).trimmingCharacters(in: .whitespaces)
        }
        return request.cookies[ConsoleRoutes.cookie]?.value
    }

    private func signIn(_ request: Request) async throws -> Response {
        guard isOwn(request) else { throw HTTPError(.forbidden, message: "the form is not of this console") }
        let form = try await form(request)
        guard let token = form["token"], settings.user(token: token, certificate: nil)?.isKnown == true else {
            return html(Console.signIn(wasWrong: true))
        }
        var response = Response.redirect(to: "/console", type: .normal)
        response.headers[.setCookie] = cookie(token, seconds: 12 * 3600)
        return response
    }

    private func signOut(_ request: Request) -> Response {
        var response = Response.redirect(to: "/console", type: .normal)
        if isOwn(request) { response.headers[.setCookie] = cookie("", seconds: 0) }
        return response
    }

    private func cookie(_ value: String, seconds: Int) -> String {
        "\(ConsoleRoutes.cookie)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }

    /// Whether a browser sends it from a page of this console; a program with a token of its own is no browser that was led astray.
    private func isOwn(_ request: Request) -> Bool {
        if let origin = request.headers[.origin] {
            return origin.split(separator: "/").last.map(String.init) == request.head.authority && origin.hasPrefix("http")
        }
        if let site = request.headers[.fetchSite] { return site == "same-origin" }
        return request.headers[.authorization] != nil
    }

    // MARK: Changes

    private func change(_ id: String, _ name: String, _ request: Request, _ context: PeerContext) async throws -> Response {
        guard settings.isOn else { throw HTTPError(.notFound) }
        guard isOwn(request) else { throw HTTPError(.forbidden, message: "the form is not of this console") }
        guard let user = await user(request, context) else { return html(Console.signIn(wasWrong: false)) }
        let form = try await form(request)
        let change: ConsoleChange
        switch name {
        case "retry": change = .retry
        case "abandon":
            let reason = form["because"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            guard !reason.isEmpty else { throw HTTPError(.badRequest, message: "say why it is given up") }
            change = .abandon(because: reason)
        default: throw HTTPError(.notFound)
        }
        guard let page = try await console.change(change, id, by: user) else { return html(console.missing(for: user)) }
        return page.status == 200 ? .redirect(to: "/console/messages/\(id)", type: .normal) : html(page)
    }

    private func form(_ request: Request) async throws -> [String: String] {
        guard let bytes = try await request.body.bytes(upTo: ConsoleRoutes.largestForm) else {
            throw HTTPError(.contentTooLarge, message: "at the most \(ConsoleRoutes.largestForm) bytes are read")
        }
        return ConsoleRoutes.fields(String(decoding: bytes, as: UTF8.self))
    }

    /// As a form writes them (application/x-www-form-urlencoded).
    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? ""
            }
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        return fields
    }

    // MARK: Answers

    private func html(_ page: ConsolePage) -> Response {
        var response = Response.bytes(
            Array(page.html.utf8), type: "text/html; charset=utf-8", status: HTTPResponse.Status(code: page.status))
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func asset(_ bytes: [UInt8], _ type: String) -> Response {
        var response = Response.bytes(bytes, type: type)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "max-age=300"
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
