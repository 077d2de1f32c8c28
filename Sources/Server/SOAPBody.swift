internal import HTTPTypes
internal import Hummingbird

/// What a request carries, as far as HTTP is concerned.
struct SOAPBody {
    let contentType: ContentType
    /// Without Content-Encoding; `nil` where it is larger than allowed.
    let bytes: [UInt8]?

    init(_ request: Request, _ settings: ListenerSettings) async throws {
        do throws(ContentType.Unsupported) {
            contentType = try ContentType(request.headers[.contentType])
        } catch {
            throw Defect(.unsupportedMediaType, error.sentence)
        }
        let named = request.headers[.contentEncoding]?.lowercased() ?? ""
        let encoding = named.isEmpty ? "identity" : named
        let isGzip = ["gzip", "x-gzip"].contains(encoding)
        guard encoding == "identity" || (isGzip && settings.gzip != nil) else {
            throw Defect(
                .unsupportedMediaType, "The Content-Encoding \(encoding) is not read; send the message uncompressed.",
                [.acceptEncoding: settings.gzip == nil ? "identity" : "gzip, identity"])
        }
        let received: [UInt8]?
        do {
            received = try await request.body.bytes(upTo: settings.maximumBody, within: .seconds(settings.bodySeconds))
        } catch is BodyTimeout {
            throw Defect(.requestTimeout, "The body did not come within \(settings.bodySeconds) s.", [.connection: "close"])
        }
        guard isGzip, let received, let ratio = settings.gzip else {
            bytes = received
            return
        }
        do throws(GzipBody.Defect) {
            bytes = try GzipBody(limit: settings.maximumBody, ratio: ratio).unpacked(received)
        } catch {
            switch error {
            case .tooLarge: bytes = nil
            case .tooDense:
                throw Defect(
                    .contentTooLarge, "The body grows more than \(ratio) times when it is unpacked; send the message uncompressed.")
            case .broken: throw Defect(.badRequest, "The body is not one whole gzip stream, though Content-Encoding says so.")
            }
        }
    }

    /// Told in a sentence, for without a readable body there is nobody to send a fault to.
    struct Defect: Error {
        let status: HTTPResponse.Status
        let sentence: String
        let headers: HTTPFields

        init(_ status: HTTPResponse.Status, _ sentence: String, _ headers: HTTPFields = [:]) {
            self.status = status
            self.sentence = sentence
            self.headers = headers
        }
    }
}
