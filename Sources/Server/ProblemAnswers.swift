internal import HTTPTypes
internal import Hummingbird

/// Says in problem+json what the framework would say with an empty body: an unknown address, an unreadable parameter.
struct ProblemAnswers: RouterMiddleware {
    typealias Context = PeerContext

    func handle(
        _ request: Request, context: PeerContext, next: (Request, PeerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            let detail = "\(request.method.rawValue) \(request.uri.path) is not known here; GET / lists the addresses"
            return Problem(error.status, type: "unknown-address", title: error.status.reasonPhrase, detail: error.body ?? detail).response
        }
    }
}
