internal import Contracts
internal import Exchanges
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import SOAP

/// What partners reach: `POST /{operation}` with SOAP, `GET /{operation}?wsdl` and the XSD it imports.
struct SOAPListener: HTTPResponder {
    typealias Context = PeerContext

    let gateway: Gateway
    let maximumBody: Int
    let bodySeconds: Int
    /// Made once: it is large, and the same for everybody who asks.
    private let schema: [UInt8]

    init(gateway: Gateway, maximumBody: Int, bodySeconds: Int) {
        self.gateway = gateway
        self.maximumBody = maximumBody
        self.bodySeconds = bodySeconds
        schema = SchemaDocument(gateway.menu).bytes
    }

    func respond(to request: Request, context: PeerContext) async throws -> Response {
        let name = String(request.uri.path.dropFirst())
        switch request.method {
        case .post: return try await exchange(request, operation: name, peer: context.peer)
        case .get: return contract(name, query: request.uri.query ?? "")
        case .head: return contract(name, query: request.uri.query ?? "").createHeadResponse()
        default:
            return .text(.methodNotAllowed, "POST a SOAP message here, or GET \(request.uri.path)?wsdl.\n", [.allow: "GET, HEAD, POST"])
        }
    }

    private func exchange(_ request: Request, operation: String, peer: String) async throws -> Response {
        let correlationID = LocalID.make()
        let contentType: ContentType
        do throws(ContentType.Unsupported) {
            contentType = try ContentType(request.headers[.contentType])
        } catch {
            gateway.noteUnreadable(correlationID: correlationID, peer: peer, reason: error.sentence)
            return .text(.unsupportedMediaType, error.sentence + "\n", [.correlationID: correlationID])
        }
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            let sentence = "The Content-Encoding \(encoding) is not read; send the message uncompressed."
            gateway.noteUnreadable(correlationID: correlationID, peer: peer, reason: sentence)
            return .text(.unsupportedMediaType, sentence + "\n", [.correlationID: correlationID, .acceptEncoding: "identity"])
        }
        let soapAction = request.headers[.soapAction]?.unquoted
        let body: [UInt8]?
        do {
            body = try await request.body.bytes(upTo: maximumBody, within: .seconds(bodySeconds))
        } catch is BodyTimeout {
            gateway.noteUnreadable(correlationID: correlationID, peer: peer, reason: "the body did not come within \(bodySeconds) s")
            return .text(
                .requestTimeout, "The body did not come within \(bodySeconds) s.\n", [.correlationID: correlationID, .connection: "close"])
        }
        let inbound = InboundRequest(
            bytes: body ?? [], operation: operation, mediaVersion: contentType.version,
            action: (soapAction.flatMap { $0.isEmpty ? nil : $0 }) ?? contentType.action, peer: peer, correlationID: correlationID)
        let answer = body == nil ? await gateway.refuse(inbound, .tooLarge(limit: maximumBody)) : await gateway.receive(inbound)
        return Response(
            status: answer.status == 200 ? .ok : .internalServerError,
            headers: [.contentType: "\(answer.version.mediaType); charset=utf-8", .correlationID: correlationID],
            body: .init(byteBuffer: .init(bytes: answer.bytes)))
    }

    private func contract(_ name: String, query: String) -> Response {
        guard let operation = gateway.menu.operations.first(where: { $0.name == name }) else {
            let known = gateway.menu.operations.map { "/\($0.name)?wsdl" }.joined(separator: ", ")
            return .text(.notFound, "There is nothing at /\(name). Contracts: \(known)\n")
        }
        let address = gateway.settings.publicURL + "/" + operation.name
        switch query.split(separator: "=").first.map({ $0.lowercased() }) {
        case "wsdl":
            let document = WSDLDocument(
                gateway.menu, operation: operation, address: address, schemaLocation: "\(address)?xsd=\(SchemaDocument.fileName)")
            return .bytes(document.bytes, type: "text/xml; charset=utf-8")
        case "xsd": return .bytes(schema, type: "text/xml; charset=utf-8")
        default: return .text(.methodNotAllowed, "POST a SOAP message here, or GET /\(name)?wsdl.\n", [.allow: "GET, HEAD, POST"])
        }
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
