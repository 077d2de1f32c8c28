internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Says in problem+json what the framework would say with an empty body: an unknown address or method, an unreadable
/// parameter, a store that fails.
struct ProblemAnswers: RouterMiddleware {
    typealias Context = PeerContext

    /// Methods by address, where `{}` stands for any one part.
    let methods: KeyValuePairs<String, [HTTPRequest.Method]>
    let logger: Logger

    func handle(
        _ request: Request, context: PeerContext, next: (Request, PeerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return answer(error, request)
        } catch {
            logger.error("call of the JSON API failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return Problem(
                .serviceUnavailable, type: "unavailable", title: "Not now",
                detail: "something of this gateway failed and is in its log; try again later"
            ).response
        }
    }

    private func answer(_ error: HTTPError, _ request: Request) -> Response {
        if error.status == .notFound, let allowed = allowedMethods(at: request.uri.path) {
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            var response = Problem(
                .methodNotAllowed, type: "method", title: "Method not allowed", detail: "\(request.uri.path) is there for \(names)"
            ).response
            response.headers[.allow] = names
            return response
        }
        let detail = "\(request.method.rawValue) \(request.uri.path) is not known here; GET / lists the addresses"
        return Problem(error.status, type: "unknown-address", title: error.status.reasonPhrase, detail: error.body ?? detail).response
    }

    private func allowedMethods(at path: String) -> [HTTPRequest.Method]? {
        let parts = path.split(separator: "/")
        return methods.first { pattern, _ in
            let wanted = pattern.split(separator: "/")
            return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0 == "{}" || $0 == $1 }
        }?.value
    }
}
