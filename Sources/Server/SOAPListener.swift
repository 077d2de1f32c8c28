internal import Contracts
internal import Exchanges
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import SOAP
internal import Synchronization

/// What partners reach: `POST /{operation}` with SOAP, `GET /{operation}?wsdl` and the XSD it imports.
final class SOAPListener: HTTPResponder {
    typealias Context = PeerContext

    let gateway: Gateway
    private let settings: ListenerSettings
    private let gate = RequestGate()
    private let shelf: Mutex<ContractShelf>

    init(gateway: Gateway, settings: ListenerSettings) {
        self.gateway = gateway
        self.settings = settings
        shelf = Mutex(ContractShelf(gateway.catalog, publicURL: gateway.settings.publicURL))
    }

    func respond(to request: Request, context: PeerContext) async throws -> Response {
        guard let peer = await context.identity(request, proxy: settings.proxy) else {
            gateway.noteUnreadable(correlationID: LocalID.make(), peer: context.peer, reason: "only the proxy may connect here")
            return .text(.forbidden, "Connect through the proxy in front of this gateway.\n")
        }
        let limits = gateway.partners.partner(ofClient: peer.certificate)?.limits ?? settings.peerLimits
        switch gate.enter(peer.key, limits) {
        case .admitted: break
        case .tooFast(let seconds):
            return tooMuch(.tooManyRequests, seconds, peer, "more than \(limits.requestsPerMinute) requests a minute")
        case .tooMany: return tooMuch(.serviceUnavailable, 1, peer, "more than \(limits.concurrentRequests) requests at one time")
        }
        defer { gate.leave(peer.key) }
        let name = String(request.uri.path.dropFirst())
        switch request.method {
        case .post: return try await exchange(request, operation: name, peer: peer)
        case .get: return contract(name, query: request.uri.query ?? "")
        case .head: return contract(name, query: request.uri.query ?? "").createHeadResponse()
        default:
            return .text(.methodNotAllowed, "POST a SOAP message here, or GET \(request.uri.path)?wsdl.\n", [.allow: "GET, HEAD, POST"])
        }
    }

    /// Told before the body is read, so without a fault.
    private func tooMuch(_ status: HTTPResponse.Status, _ seconds: Int, _ peer: PeerIdentity, _ what: String) -> Response {
        let correlationID = LocalID.make()
        gateway.noteUnreadable(correlationID: correlationID, peer: peer.address, reason: "rule \(Rule.tooManyRequests.number): \(what)")
        return .text(
            status, "Rule \(Rule.tooManyRequests.number), \(Rule.tooManyRequests.code): \(what). Try again after \(seconds) s.\n",
            [.retryAfter: "\(seconds)", .correlationID: correlationID])
    }

    private func exchange(_ request: Request, operation: String, peer identity: PeerIdentity) async throws -> Response {
        // A stranger does not choose what its lines are found under.
        let isKnown = gateway.partners.partner(ofClient: identity.certificate) != nil
        let correlationID = isKnown ? TraceContext.correlationID(request.headers) : LocalID.make()
        let body: SOAPBody
        do {
            body = try await SOAPBody(request, settings)
        } catch let defect as SOAPBody.Defect {
            gateway.noteUnreadable(correlationID: correlationID, peer: identity.address, reason: defect.sentence)
            var headers = defect.headers
            headers[.correlationID] = correlationID
            return .text(defect.status, defect.sentence + "\n", headers)
        }
        let soapAction = request.headers[.soapAction]?.unquoted
        let inbound = InboundRequest(
            bytes: body.bytes ?? [], package: body.contentType.package, operation: operation, mediaVersion: body.contentType.version,
            action: (soapAction.flatMap { $0.isEmpty ? nil : $0 }) ?? body.contentType.action, peer: identity.address,
            clientCertificate: identity.certificate, correlationID: correlationID)
        let answer: InboundAnswer
        if body.bytes == nil {
            answer = await gateway.refuse(inbound, .tooLarge(limit: settings.maximumBody))
        } else if operation == Gateway.echo, gateway.settings.echo {
            answer = await gateway.examine(inbound)
        } else {
            answer = await gateway.receive(inbound)
        }
        return Response(
            status: .init(code: answer.status),
            headers: [.contentType: answer.contentType, .correlationID: correlationID],
            body: .init(byteBuffer: .init(bytes: answer.bytes)))
    }

    /// The contracts of the catalog that holds now.
    private var contracts: ContractShelf {
        let catalog = gateway.catalog
        return shelf.withLock { shelf in
            if shelf.catalog !== catalog { shelf = ContractShelf(catalog, publicURL: gateway.settings.publicURL) }
            return shelf
        }
    }

    private func contract(_ name: String, query: String) -> Response {
        if name == Gateway.echo, gateway.settings.echo {
            return query == "xsd"
                ? .bytes(EchoSchema.bytes, type: "text/xml; charset=utf-8")
                : .text(
                    .ok,
                    "POST a signed message here, as you would to its operation: the answer says what was found, and nothing is stored.\n")
        }
        guard gateway.menu.operations.contains(where: { $0.name == name }) else {
            let known = gateway.menu.operations.map { "/\($0.name)?wsdl" }.joined(separator: ", ")
            return .text(.notFound, "There is nothing at /\(name). Contracts: \(known)\n")
        }
        // Read by hand, for `?wsdl` has a name and no value.
        let parts = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        let asked = Dictionary(
            parts.map { ($0[0].lowercased(), $0.count > 1 ? String($0[1]) : "") }, uniquingKeysWith: { first, _ in first })
        do throws(ContractShelf.Missing) {
            if asked["wsdl"] != nil || asked["singlewsdl"] != nil {
                let isSingle = asked["singlewsdl"] != nil
                return .bytes(try contracts.wsdl(name, agreement: asked["agreement"], isSingle: isSingle), type: "text/xml; charset=utf-8")
            }
            if let file = asked["xsd"] { return .bytes(try contracts.schema(file), type: "text/xml; charset=utf-8") }
        } catch {
            switch error {
            case .agreement(let code, let known):
                return .text(.notFound, "The agreement \(code) is not known here; known are \(known.joined(separator: ", ")).\n")
            case .schema(let file): return .text(.notFound, "There is no schema \(file) here.\n")
            }
        }
        return .text(.methodNotAllowed, "POST a SOAP message here, or GET /\(name)?wsdl.\n", [.allow: "GET, HEAD, POST"])
    }
}

extension HTTPField.Name {
    static let soapAction = HTTPField.Name("SOAPAction")!
    static let correlationID = HTTPField.Name("X-Correlation-ID")!
}

extension Response {
    static func text(_ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: .init(string: text)))
    }

    static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: .init(bytes: bytes)))
    }
}
